package io.rollcall.server.access;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.v1.Permission;

/**
 * Refuses callers of the wrong kind. Which node a request is about is only known when its message is there; services
 * ask {@link Access} about that. Stands behind the {@link io.rollcall.server.identity.grpc.IdentityInterceptor}.
 */
public final class AccessInterceptor implements ServerInterceptor {
    private final MethodPermissions permissions;

    public AccessInterceptor(MethodPermissions permissions) {
        this.permissions = permissions;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Caller caller = CurrentCall.caller();
        Permission permission = permissions.of(call.getMethodDescriptor());
        if (!admits(permission, caller instanceof NodeCaller)) {
            throw Refusal.NOT_PERMITTED.because(call.getMethodDescriptor().getBareMethodName() + ": not for " + caller
                    + " (expected: " + (caller instanceof NodeCaller ? "an operator" : "a node") + ")");
        }
        return next.startCall(call, headers);
    }

    private static boolean admits(Permission permission, boolean node) {
        switch (permission) {
            case CERTIFICATE_HOLDER:
            case MEMBER_OR_OPERATOR:
            case NODE_ITSELF_OR_OPERATOR:
                return true;
            case NODE_ITSELF:
            case ANY_NODE:
                return node;
            case OPERATOR:
                return !node;
            case PERMISSION_UNSPECIFIED:
            case UNRECOGNIZED:
                return false;
        }
        return false;
    }
}
