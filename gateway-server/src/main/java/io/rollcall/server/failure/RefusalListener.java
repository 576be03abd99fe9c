package io.rollcall.server.failure;

import io.grpc.Attributes;

/** Is notified of each refusal. */
public interface RefusalListener {
    /** Does nothing. */
    RefusalListener NOBODY = (connection, method, refusal) -> {};

    /**
     * Called once for each refused call, on any thread, event loops included: must not wait and must not throw.
     *
     * @param connection the attributes of the call's connection
     * @param method its full name, as sent by the caller
     */
    void refused(Attributes connection, String method, RefusedException refusal);

    /** Returns a listener that notifies this one, then the other. */
    default RefusalListener and(RefusalListener other) {
        return (connection, method, refusal) -> {
            refused(connection, method, refusal);
            other.refused(connection, method, refusal);
        };
    }
}
