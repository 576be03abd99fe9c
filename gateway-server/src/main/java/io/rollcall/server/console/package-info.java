/** Shows the gateway in the console: implements {@code ConsoleBackend}. */
@NullMarked
package io.rollcall.server.console;

import org.jspecify.annotations.NullMarked;
