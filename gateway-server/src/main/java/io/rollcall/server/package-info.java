/** The gateway process: reads its arguments and builds its parts once, in reading order. */
@NullMarked
package io.rollcall.server;

import org.jspecify.annotations.NullMarked;
