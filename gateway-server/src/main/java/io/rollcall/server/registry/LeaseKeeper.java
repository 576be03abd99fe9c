package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The registry's view of leases. Thread-safe; never waits. */
public interface LeaseKeeper {

    /**
     * Records that a session was heard from.
     *
     * @param incarnationNumber from the request; 0: the implicit one
     * @return whether its lease runs; once false for a session, always false (T2). During the commit of an expiry it
     *     completes with the outcome, on the thread that determines it
     */
    CompletableFuture<Boolean> beat(NamespaceName namespace, NodeId node, long incarnationNumber);

    /** Returns the time since a session was last heard from, whether its lease runs or not; zero for an unknown one. */
    Duration silence(NamespaceName namespace, Session session);
}
