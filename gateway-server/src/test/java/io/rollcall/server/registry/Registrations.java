package io.rollcall.server.registry;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Registers nodes in a running registry, for tests of other packages. */
public final class Registrations {
    /** As much as there can be. */
    public static final Settings UNBOUNDED = TestSettings.INITIAL
            .with(Setting.QUOTA_NODES, Integer.MAX_VALUE)
            .with(Setting.QUOTA_NODE_IDS, Integer.MAX_VALUE)
            .with(Setting.QUOTA_METADATA, Long.MAX_VALUE);

    private Registrations() {}

    /** Registers and waits. Returns whether the node was told to found the cluster. */
    public static boolean register(NamespaceRegistry namespace, int node, long incarnation) {
        return register(namespace, node, incarnation, Map.of());
    }

    /** Registers with metadata, and waits. */
    public static boolean register(
            NamespaceRegistry namespace, int node, long incarnation, Map<String, String> metadata) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), metadata);
        return namespace
                .submit(new RegisterNode(NodeId.of(node), details, incarnation, 0, UNBOUNDED, Instant.EPOCH))
                .join()
                .isFounder();
    }

    /** What registers a node. */
    public static Command<?> command(int node, long incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        return new RegisterNode(NodeId.of(node), details, incarnation, 0, UNBOUNDED, Instant.EPOCH);
    }

    /** By what a node takes itself out. */
    public static Command<?> removal(int node, long incarnation) {
        return new RemoveNode(NodeId.of(node), incarnation, false, Instant.EPOCH);
    }

    /** Somebody registers a node; waits. */
    public static boolean register(NamespaceRegistry namespace, CallIdentity identity, int node, long incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        return namespace
                .submit(identity, new RegisterNode(NodeId.of(node), details, incarnation, 0, UNBOUNDED, Instant.EPOCH))
                .join()
                .isFounder();
    }

    /** As {@link #register(NamespaceRegistry, CallIdentity, int, long)}, of a node that is above its own rate. */
    public static boolean registerAboveRate(
            NamespaceRegistry namespace, CallIdentity identity, int node, long incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        return namespace
                .submit(
                        identity,
                        new AboveRate<>(
                                new RegisterNode(NodeId.of(node), details, incarnation, 0, UNBOUNDED, Instant.EPOCH),
                                Refusal.RATE_EXCEEDED.because("above its rate"),
                                RegisterNode.Registration::isSameAgain))
                .join()
                .isFounder();
    }

    /** Takes a node out, as an operator would, and waits. Returns whether it was there. */
    public static boolean remove(NamespaceRegistry namespace, int node) {
        return namespace
                .submit(new RemoveNode(NodeId.of(node), 0, true, Instant.EPOCH))
                .join()
                .found();
    }

    /** A node reports itself as leader of a term, and waits. Returns whether that was accepted. */
    public static boolean report(NamespaceRegistry namespace, int node, long incarnation, long term) {
        return namespace
                .submit(new ReportLeader(NodeId.of(node), incarnation, NodeId.of(node), term, Instant.EPOCH))
                .join()
                .accepted();
    }
}
