/** The gRPC endpoint: its socket, its TLS, and its limits. */
@NullMarked
package io.rollcall.server.transport;

import org.jspecify.annotations.NullMarked;
