/** Authentication for gRPC: passes each connection and call to the Authenticator, and the identity to the services. */
@NullMarked
package io.rollcall.server.identity.grpc;

import org.jspecify.annotations.NullMarked;
