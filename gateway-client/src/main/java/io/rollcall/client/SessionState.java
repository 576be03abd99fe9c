package io.rollcall.client;

/** The state of a session. */
public enum SessionState {
    /** Registered, according to the gateway's last answer. */
    REGISTERED,
    /** The registration is over; the session registers again by itself. */
    REJOINING,
    /** Replaced by a later registration of the same node: over for good. */
    REPLACED,
    /** The node was removed: over for good. */
    REMOVED,
    /** Closed by its owner. */
    CLOSED;

    /** Returns whether the session is over for good. */
    public boolean isOver() {
        return this != REGISTERED && this != REJOINING;
    }
}
