package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What the registry's callers need to know of leases. Thread-safe; never waits. */
public interface LeaseKeeper {

    /**
     * A session was heard from.
     *
     * @param incarnationNumber as the request names it; 0: the implicit one
     * @return whether its lease runs; once false for a session, false for ever (T2). Where an expiry is being
     *     committed it completes with its outcome, on the thread that knows it
     */
    CompletableFuture<Boolean> beat(NamespaceName namespace, NodeId node, long incarnationNumber);

    /** Since when a session was not heard from, whether its lease runs or not; zero for one that is not known. */
    Duration silence(NamespaceName namespace, Session session);
}
