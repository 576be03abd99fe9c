package io.rollcall.server.registry;

import io.rollcall.server.namespace.Session;

/** What a sweep of the leases found about one session. */
public record LeaseVerdict(Session session, Kind kind) {

    public enum Kind {
        /** Silent for a while. */
        SUSPECT,
        /** Heard from again. */
        RECOVER,
        /** Silent for longer than the node timeout. Its lease is sealed until this is committed, or cannot be. */
        EXPIRE,
        /** Failed, and on view for long enough. */
        FORGET
    }
}
