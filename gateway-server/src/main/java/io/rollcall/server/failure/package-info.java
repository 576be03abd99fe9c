/** The closed list of ways the gateway says no. */
@NullMarked
package io.rollcall.server.failure;

import org.jspecify.annotations.NullMarked;
