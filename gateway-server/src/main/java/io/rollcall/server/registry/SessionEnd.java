package io.rollcall.server.registry;

import io.rollcall.server.namespace.Incarnation;

/** How one registration session ended, remembered so that it cannot come back (T2). */
public record SessionEnd(Incarnation incarnation, Reason reason) {

    /** Why a session ended; its word on the wire is {@code SessionEnd}'s of the same name. */
    public enum Reason {
        /** The node registered anew. */
        REPLACED,
        /** Its lease expired. */
        EXPIRED,
        /** By itself or by an operator. */
        REMOVED,
        /** An operator reset the bootstrap. */
        RESET
    }
}
