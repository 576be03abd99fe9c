/** Notifies open pages of changes: one thread, one pending event per stream, no blocking. */
@NullMarked
package io.rollcall.adminui.live;

import org.jspecify.annotations.NullMarked;
