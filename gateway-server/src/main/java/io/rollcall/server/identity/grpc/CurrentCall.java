package io.rollcall.server.identity.grpc;

import io.grpc.Context;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;

/** The gRPC call that this thread is serving, and its caller. */
public final class CurrentCall {
    /** Holds the identity of a call, set by {@link IdentityInterceptor} for inner layers. */
    public static final Context.Key<CallIdentity> KEY = Context.key("rollcall-call-identity");

    private CurrentCall() {}

    /**
     * Returns the caller, its address and its credentials.
     *
     * @throws IllegalStateException outside of a call that passed the {@link IdentityInterceptor}
     */
    public static CallIdentity identity() {
        CallIdentity identity = KEY.get();
        if (identity == null) {
            throw new IllegalStateException("no caller here: this runs outside of an identified call");
        }
        return identity;
    }

    /**
     * Returns the member that makes the call.
     *
     * @throws IllegalStateException as {@link #identity} does
     */
    public static Caller caller() {
        Caller caller = identity().caller();
        if (caller == null) {
            throw new IllegalStateException("no member is calling here");
        }
        return caller;
    }

    /**
     * Returns the node that makes the call, in methods that the proto permits only to nodes.
     *
     * @throws IllegalStateException if it is an operator, which the access check should have refused
     */
    public static NodeCaller node() {
        if (caller() instanceof NodeCaller node) {
            return node;
        }
        throw new IllegalStateException("no node is calling here");
    }
}
