package io.rollcall.server.registry;

import io.rollcall.server.namespace.Incarnation;

/** How a registration session ended, kept so that it cannot be revived (T2). */
public record SessionEnd(Incarnation incarnation, Reason reason) {

    /** Why a session ended; on the wire, the {@code SessionEnd} constant of the same name. */
    public enum Reason {
        /** The node registered again. */
        REPLACED,
        /** Its lease expired. */
        EXPIRED,
        /** Removed by the node itself or by an operator. */
        REMOVED,
        /** An operator reset the bootstrap. */
        RESET
    }
}
