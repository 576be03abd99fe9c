/** The registry's gRPC methods, their request fields, and their reply messages. */
@NullMarked
package io.rollcall.server.registry.grpc;

import org.jspecify.annotations.NullMarked;
