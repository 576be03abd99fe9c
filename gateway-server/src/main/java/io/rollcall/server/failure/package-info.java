/** The closed list of refusals, and their translation to gRPC. */
@NullMarked
package io.rollcall.server.failure;

import org.jspecify.annotations.NullMarked;
