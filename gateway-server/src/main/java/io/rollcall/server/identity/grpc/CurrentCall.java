package io.rollcall.server.identity.grpc;

import io.grpc.Context;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;

/** The gRPC call that this thread is serving, and who makes it. */
public final class CurrentCall {
    /** Where {@link IdentityInterceptor} leaves the identity of a call for everything further in. */
    public static final Context.Key<CallIdentity> KEY = Context.key("rollcall-call-identity");

    private CurrentCall() {}

    /**
     * Who makes it, from where and by which credentials.
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
     * The member who makes it.
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
     * The node that makes it, in methods that the proto permits to nodes alone.
     *
     * @throws IllegalStateException if it is an operator: the access check has let through what it may not
     */
    public static NodeCaller node() {
        if (caller() instanceof NodeCaller node) {
            return node;
        }
        throw new IllegalStateException("no node is calling here");
    }
}
