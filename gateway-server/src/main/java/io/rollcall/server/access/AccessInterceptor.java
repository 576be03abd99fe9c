package io.rollcall.server.access;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.identity.grpc.CurrentCall;

/**
 * Refuses callers of the wrong kind before their requests are read. {@link SubjectInterceptor} checks which node a
 * request concerns. Runs after the {@link io.rollcall.server.identity.grpc.IdentityInterceptor}.
 */
public final class AccessInterceptor implements ServerInterceptor {
    private final MethodPermissions permissions;

    public AccessInterceptor(MethodPermissions permissions) {
        this.permissions = permissions;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Access.requireMayCall(
                permissions.of(call.getMethodDescriptor()),
                CurrentCall.caller(),
                call.getMethodDescriptor().getBareMethodName());
        return next.startCall(call, headers);
    }
}
