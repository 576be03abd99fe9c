package io.rollcall.server.registry;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Registers nodes in a running registry, for tests of other packages. */
public final class Registrations {
    private Registrations() {}

    /** Registers and waits. Returns whether the node was told to found the cluster. */
    public static boolean register(NamespaceRegistry namespace, int node, long incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        return namespace
                .submit(new RegisterNode(NodeId.of(node), details, incarnation, 0, Instant.EPOCH))
                .join()
                .isFounder();
    }
}
