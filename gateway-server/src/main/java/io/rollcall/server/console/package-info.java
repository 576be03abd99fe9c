/** Shows the gateway to the console: implements its port. */
@NullMarked
package io.rollcall.server.console;

import org.jspecify.annotations.NullMarked;
