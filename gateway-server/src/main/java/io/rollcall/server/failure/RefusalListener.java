package io.rollcall.server.failure;

import io.grpc.Attributes;

/** Hears of each refusal. */
public interface RefusalListener {
    /** Hears nothing. */
    RefusalListener NOBODY = (connection, method, refusal) -> {};

    /**
     * Called once for a call that is refused, on whatever thread that is, event loops among them: must not wait, and
     * must not throw.
     *
     * @param connection the attributes of the call's connection
     * @param method its full name, as the caller wrote it
     */
    void refused(Attributes connection, String method, RefusedException refusal);

    /** Tells this one, then the other. */
    default RefusalListener and(RefusalListener other) {
        return (connection, method, refusal) -> {
            refused(connection, method, refusal);
            other.refused(connection, method, refusal);
        };
    }
}
