/** Ends the process rather than have it serve with threads that are dead, stuck or out of memory. */
@NullMarked
package io.rollcall.server.watchdog;

import org.jspecify.annotations.NullMarked;
