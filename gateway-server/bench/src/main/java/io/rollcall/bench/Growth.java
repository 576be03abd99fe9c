package io.rollcall.bench;

import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetLeaderRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures what one operation costs with more and more nodes registered in its namespace. */
final class Growth {
    private static final int[] NODES = {1_000, 100_000, 1_000_000};
    private static final int CALLERS = 32;
    private static final WatchedServer.Audience AUDIENCE = new WatchedServer.Audience(100, 50);
    private static final Duration TIME = Duration.ofSeconds(8);

    private final Path certs;
    private final Path scratch;

    Growth(Path certs, Path scratch) {
        this.certs = certs;
        this.scratch = scratch;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "CPU of the gateway with so many nodes in the namespace, once the compiler has little to do, in µs; to be"
                        + " within 1.3 of that with 1,000",
                "nodes",
                "a registration",
                "a heartbeat",
                "a delivery to one of " + AUDIENCE.watchers(),
                "an expiry");
        for (int nodes : NODES) {
            Path dataDir = Files.createTempDirectory(scratch, "growth");
            FilledStore.make(dataDir, nodes);
            table.row(nodes, registration(dataDir), heartbeat(dataDir), delivery(dataDir), expiry(dataDir));
        }
        return table;
    }

    private double registration(Path dataDir) throws Exception {
        try (ServerProcess gateway = start(dataDir, Build.THIS.unlimitedChanges());
                Nodes callers = new Nodes(certs, gateway.port(), CALLERS)) {
            Registrations.Peer peer = new Registrations.Peer(gateway, callers, Registrations.IN_GATEWAY);
            WarmUp.run(gateway, time -> Registrations.run(peer, CALLERS, time));
            long cpu = gateway.cpuMicros();
            long acknowledged = Registrations.run(peer, CALLERS, TIME).acknowledged();
            return (double) (gateway.cpuMicros() - cpu) / acknowledged;
        }
    }

    private double heartbeat(Path dataDir) throws Exception {
        try (ServerProcess gateway = start(dataDir, List.of());
                Nodes callers = new Nodes(certs, gateway.port(), 4)) {
            callers.register();
            try (Load load = Load.closedLoop(callers.channels(), "GatewayService/Heartbeat", Nodes::heartbeat, 16)) {
                WarmUp.run(gateway, load::run);
                return load.cpuMicros(gateway, Duration.ZERO, TIME);
            }
        }
    }

    private double delivery(Path dataDir) throws Exception {
        try (WatchedServer gateway = GatewayWatching.start(Build.THIS, certs, dataDir, FilledStore.OPTIONS, AUDIENCE)) {
            gateway.warmUp();
            return gateway.measure(TIME);
        }
    }

    /** Nobody beats, so a hundredth of the nodes expires in each sweep. */
    private double expiry(Path dataDir) throws Exception {
        try (ServerProcess gateway = start(dataDir, List.of("--node-timeout", "5s", "--heartbeat-interval", "1s"));
                Nodes callers = new Nodes(certs, gateway.port(), 1)) {
            long first = revision(callers);
            while (revision(callers) == first) {
                Thread.sleep(100);
            }
            long before = revision(callers);
            long cpu = gateway.cpuMicros();
            Thread.sleep(TIME.toMillis());
            cpu = gateway.cpuMicros() - cpu;
            return (double) cpu / (revision(callers) - before);
        }
    }

    private static long revision(Nodes callers) {
        return GatewayServiceGrpc.newBlockingStub(callers.channels().get(0))
                .getLeader(GetLeaderRequest.getDefaultInstance())
                .getRevision();
    }

    private ServerProcess start(Path dataDir, List<String> more) throws IOException {
        List<String> options = new ArrayList<>(FilledStore.OPTIONS);
        options.addAll(more); // the last of two counts
        return ServerProcess.gateway(certs, dataDir, options);
    }
}
