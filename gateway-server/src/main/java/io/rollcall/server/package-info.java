/** The gateway process: from its arguments to its parts, built once in reading order. */
@NullMarked
package io.rollcall.server;

import org.jspecify.annotations.NullMarked;
