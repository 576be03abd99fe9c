package io.rollcall.client;

/** Where a session stands. */
public enum SessionState {
    /** Registered, as far as the gateway's last answer said. */
    REGISTERED,
    /** The registration is over; the session registers anew by itself. */
    REJOINING,
    /** A later registration of the same node took its place: over for good. */
    REPLACED,
    /** It was taken out: over for good. */
    REMOVED,
    /** Closed by its owner. */
    CLOSED;

    /** Whether the session is over for good. */
    public boolean isOver() {
        return this != REGISTERED && this != REJOINING;
    }
}
