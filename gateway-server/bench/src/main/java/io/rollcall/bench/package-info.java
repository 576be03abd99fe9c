/** What the gateway costs, measured on the real process; see {@link io.rollcall.bench.Main}. */
@NullMarked
package io.rollcall.bench;

import org.jspecify.annotations.NullMarked;
