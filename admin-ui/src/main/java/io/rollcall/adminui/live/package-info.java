/** Tells open pages that something changed: one thread, one latest frame a stream, never a wait. */
@NullMarked
package io.rollcall.adminui.live;

import org.jspecify.annotations.NullMarked;
