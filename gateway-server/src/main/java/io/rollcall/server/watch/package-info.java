/** Streams the changes of a namespace to its watchers: in order, without gaps or duplicates. */
@NullMarked
package io.rollcall.server.watch;

import org.jspecify.annotations.NullMarked;
