/** How much of the gateway each namespace may have, and what that takes. */
@NullMarked
package io.rollcall.server.quota;

import org.jspecify.annotations.NullMarked;
