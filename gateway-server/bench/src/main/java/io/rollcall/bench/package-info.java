/** Benchmarks of the gateway, measured on the real process; see {@link io.rollcall.bench.Main}. */
@NullMarked
package io.rollcall.bench;

import org.jspecify.annotations.NullMarked;
