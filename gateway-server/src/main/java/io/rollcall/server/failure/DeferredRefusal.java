package io.rollcall.server.failure;

import io.grpc.Context;
import java.util.Optional;

/**
 * A refusal that is deferred until the effect of a call is known: its caller exceeds its own rate, but a call that
 * changes almost nothing is not refused for that. The code that turns the call into a change asks for it.
 */
public final class DeferredRefusal {
    /** Set for the calls of a caller that exceeds its rate. */
    public static final Context.Key<RefusedException> KEY = Context.key("rollcall-deferred-refusal");

    private DeferredRefusal() {}

    /** The deferred refusal of the call that this thread is serving, if any. */
    public static Optional<RefusedException> current() {
        return Optional.ofNullable(KEY.get());
    }
}
