package io.rollcall.client;

import java.util.Locale;

/** A node's status, as seen by the gateway. */
public enum NodeStatus {
    /** Used by older gateways. */
    JOINING,
    /** Heard from lately. */
    ACTIVE,
    /** Silent for too long, though its lease still runs. */
    SUSPECTED,
    /** Its lease expired. */
    FAILED,
    /** Used by older gateways. */
    LEAVING,
    /** A status that this client does not know. */
    OTHER;

    static NodeStatus of(String word) {
        for (NodeStatus status : values()) {
            if (status.name().toLowerCase(Locale.ROOT).equals(word)) {
                return status;
            }
        }
        return OTHER;
    }
}
