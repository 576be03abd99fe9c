/** Who is calling, asked for gRPC: hands each connection and call to the Authenticator, and its answer on to the services. */
@NullMarked
package io.rollcall.server.identity.grpc;

import org.jspecify.annotations.NullMarked;
