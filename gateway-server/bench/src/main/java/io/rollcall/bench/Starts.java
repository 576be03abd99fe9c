package io.rollcall.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the time from the start of a gateway's JVM until it is ready, and the size of its store, for a number of
 * registered nodes.
 */
final class Starts {
    private static final int[] NODES = {1_000, 100_000, 1_000_000};
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
                "CPU s",
                "store MiB",
                "bytes per node",
                "resident MiB");
        for (int nodes : NODES) {
            Path dataDir = Files.createTempDirectory(scratch, "starts");
            long bytes = FilledStore.make(dataDir, nodes);
            List<Double> seconds = new ArrayList<>();
            List<Double> cpu = new ArrayList<>();
            long resident = 0;
            for (int i = 0; i < REPEATED; i++) {
                try (ServerProcess gateway = ServerProcess.gateway(certs, dataDir, FilledStore.OPTIONS)) {
                    cpu.add(gateway.cpuMicros() / 1e6);
                    seconds.add(gateway.untilReady().toMillis() / 1e3);
                    resident = gateway.residentBytes();
                }
            }
            table.row(nodes, median(seconds), median(cpu), mebi(bytes), bytes / nodes, mebi(resident));
        }
        return table;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double mebi(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
