package io.rollcall.server.registry;

import java.util.Locale;

/** How a node's lease stands. */
public enum NodeStatus {
    /** Heard from lately. */
    ACTIVE,
    /** Silent for too long, but its lease still runs. */
    SUSPECTED,
    /** Its lease expired; kept on view for a while. */
    FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word on the wire. */
    public String word() {
        return word;
    }

    /** Whether its lease has not expired. */
    public boolean isLive() {
        return this != FAILED;
    }
}
