/** The share of the gateway's resources each namespace may use, and the memory this needs. */
@NullMarked
package io.rollcall.server.quota;

import org.jspecify.annotations.NullMarked;
