package io.rollcall.server.registry;

import io.rollcall.server.namespace.Session;

/** The finding of a lease sweep about one session. */
public record LeaseVerdict(Session session, Kind kind) {

    public enum Kind {
        /** Silent for a while. */
        SUSPECT,
        /** Heard from again. */
        RECOVER,
        /** Silent for longer than the node timeout. Its lease is sealed until the commit succeeds or fails. */
        EXPIRE,
        /** Failed, and listed for long enough. */
        FORGET
    }
}
