/** Tells watchers what changed in their namespace: in order, no gap, no duplicate. */
@NullMarked
package io.rollcall.server.watch;

import org.jspecify.annotations.NullMarked;
