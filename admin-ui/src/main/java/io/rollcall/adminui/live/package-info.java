/** Tells open pages that something changed: one thread, one latest frame a viewer, never a wait. */
@NullMarked
package io.rollcall.adminui.live;

import org.jspecify.annotations.NullMarked;
