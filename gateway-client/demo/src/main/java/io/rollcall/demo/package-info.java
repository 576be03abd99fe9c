/** Demo nodes: each a process that registers, elects, fails and comes back. */
@NullMarked
package io.rollcall.demo;

import org.jspecify.annotations.NullMarked;
