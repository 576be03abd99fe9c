package io.rollcall.server.failure;

import io.grpc.Context;
import java.util.Optional;

/**
 * A refusal that waits until it is known what a call comes to: its caller is above its own rate, but what changes next to
 * nothing need not be refused for that. Whoever turns the call into a change asks for it.
 */
public final class DeferredRefusal {
    /** Set for the calls of a caller who is above its rate. */
    public static final Context.Key<RefusedException> KEY = Context.key("rollcall-deferred-refusal");

    private DeferredRefusal() {}

    /** That of the call which this thread is serving; empty: there is none. */
    public static Optional<RefusedException> current() {
        return Optional.ofNullable(KEY.get());
    }
}
