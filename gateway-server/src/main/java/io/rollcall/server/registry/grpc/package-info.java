/** The registry asked by gRPC: its methods, the fields of their requests, and the messages of their replies. */
@NullMarked
package io.rollcall.server.registry.grpc;

import org.jspecify.annotations.NullMarked;
