package io.rollcall.server.registry;

import io.rollcall.server.namespace.Session;
import java.util.function.BooleanSupplier;

/**
 * What a sweep of the leases found about one session.
 *
 * @param stillHolds asked once, on the writer's thread, when the verdict is about to be decided; for an expiry it ends
 *     the lease, so that a late heartbeat and the expiry cannot both win
 */
public record LeaseVerdict(Session session, Kind kind, BooleanSupplier stillHolds) {

    public enum Kind {
        /** Silent for a while. */
        SUSPECT,
        /** Heard from again. */
        RECOVER,
        /** Silent for longer than the node timeout. */
        EXPIRE,
        /** Failed, and on view for long enough. */
        FORGET
    }
}
