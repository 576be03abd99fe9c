package io.rollcall.bench;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.store.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A store with many registered nodes, written through the store port, since registering so many over the network would
 * take too long.
 */
final class FilledStore {
    /** What a gateway with so many nodes needs in addition to the defaults. */
    static final List<String> OPTIONS = Stream.concat(
                    Nodes.MAY_BE_SILENT.stream(),
                    Stream.of("--quota-nodes", "10000000", "--quota-metadata", "400MiB", "--quota-reads", "10000000"))
            .toList();

    private static final int BATCH = 1_000;

    private FilledStore() {}

    /**
     * Registers the nodes 1 to {@code nodes}.
     *
     * @return the bytes on disk, after everything was moved to the single database file
     */
    static long make(Path dataDir, int nodes) throws IOException {
        NamespaceName namespace = new NamespaceName(Nodes.NAMESPACE);
        try (RegistryStore store = SqliteStore.open(dataDir, new SecureRandom())) {
            NamespaceState state = NamespaceState.empty(Instant.now());
            for (int first = 1; first <= nodes; first += BATCH) {
                List<LogEntry> entries = new ArrayList<>(BATCH);
                for (int id = first; id < Math.min(first + BATCH, nodes + 1); id++) {
                    Change change = new Change.NodeChanged(node(id), Optional.empty());
                    state = change.applyTo(state);
                    entries.add(new LogEntry(change, state.bootstrap().epoch()));
                }
                store.commit(List.of(new NamespaceChanges(namespace, entries, state)));
            }
        }
        return Files.size(dataDir.resolve(SqliteStore.FILE));
    }

    /** As {@link Nodes#registration}. */
    private static Node node(int id) {
        Session session = new Session(NodeId.of(id), new Incarnation(0x5eed_0000_0000_0000L + id, false));
        NodeDetails details = new NodeDetails(
                "10." + (id >> 16) + "." + (id >> 8 & 255) + "." + (id & 255),
                5000,
                List.of("raft", "gossip"),
                Map.of("zone", "eu-1a", "version", "1.4.2", "rack", "r" + id % 40));
        Instant now = Instant.now();
        return new Node(session, details, NodeStatus.ACTIVE, now, 1, now, id);
    }
}
