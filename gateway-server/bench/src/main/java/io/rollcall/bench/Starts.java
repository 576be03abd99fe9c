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

/**
 * Measures the time from the start of a gateway's JVM until it is ready, and the size of its store, for a number of
 * registered nodes. The nodes are written through the store port, since registering so many over the network would take
 * too long.
 */
final class Starts {
    private static final int[] NODES = {1_000, 100_000, 1_000_000};
    private static final int BATCH = 1_000;
    private static final int REPEATED = 3;

    private final Path certs;
    private final Path scratch;

    /** @param scratch the directory of the gateways' files */
    Starts(Path certs, Path scratch) {
        this.certs = certs;
        this.scratch = scratch;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "Start with nodes registered before (written through the store port); median of " + REPEATED,
                "nodes",
                "until ready s",
                "store MiB",
                "bytes per node",
                "resident MiB");
        for (int nodes : NODES) {
            Path dataDir = Files.createTempDirectory(scratch, "starts");
            long bytes = fill(dataDir, nodes);
            List<Double> seconds = new ArrayList<>();
            long resident = 0;
            for (int i = 0; i < REPEATED; i++) {
                try (GatewayRun gateway =
                        new GatewayRun(certs, dataDir, List.of("--node-timeout", "1h", "--quota-nodes", "10000000"))) {
                    seconds.add(gateway.untilReady().toMillis() / 1e3);
                    resident = gateway.residentBytes();
                }
            }
            seconds.sort(null);
            table.row(nodes, seconds.get(REPEATED / 2), mebi(bytes), bytes / nodes, mebi(resident));
        }
        return table;
    }

    private static double mebi(long bytes) {
        return bytes / (double) (1 << 20);
    }

    /** @return the bytes on disk, after everything was moved to the single database file */
    private static long fill(Path dataDir, int nodes) throws IOException {
        NamespaceName namespace = new NamespaceName("bench");
        try (RegistryStore store = SqliteStore.open(dataDir, new SecureRandom())) {
            NamespaceState state = NamespaceState.empty(Instant.now());
            for (int first = 1; first <= nodes; first += BATCH) {
                List<LogEntry> entries = new ArrayList<>(BATCH);
                for (int id = first; id < first + BATCH; id++) {
                    Change change = new Change.NodeChanged(node(id), Optional.empty());
                    state = change.applyTo(state);
                    entries.add(new LogEntry(change, state.bootstrap().epoch()));
                }
                store.commit(List.of(new NamespaceChanges(namespace, entries, state)));
            }
        }
        return Files.size(dataDir.resolve(SqliteStore.FILE));
    }

    private static Node node(int id) {
        Session session = new Session(NodeId.of(id), new Incarnation(0x5eed_0000_0000_0000L + id, false));
        NodeDetails details = new NodeDetails("10.20.30.40", 5000, List.of("raft"), Map.of("zone", "eu-1a"));
        Instant now = Instant.now();
        return new Node(session, details, NodeStatus.ACTIVE, now, 1, now, id);
    }
}
