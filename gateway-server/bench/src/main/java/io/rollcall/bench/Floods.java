package io.rollcall.bench;

import io.grpc.ManagedChannel;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the effect of one tenant's flood ({@link Flooder}) on another tenant's heartbeats: quiet and flooded phases
 * alternate in one run. A heartbeat is sent a hundred times a second, even if the previous one was answered late; its
 * latency counts from when it was due.
 *
 * <p>The flood's process represents another machine, so it runs under the scheduler's idle policy (chrt(1)): it gets
 * only the processor time left by the gateway and the heartbeat. So the gateway is measured, not the competition for
 * two cores.
 */
final class Floods {
    private static final int ROUNDS = 9;
    private static final Duration TIME = Duration.ofSeconds(10);

    /** The JIT compiler has compiled the gateway's hot code after three. */
    private static final int WARM_UPS = 3;

    /** Time to open the flood's connections, not measured. */
    private static final Duration BEGIN = Duration.ofSeconds(5);

    private static final Duration FLOOD = BEGIN.plus(TIME);
    private static final Duration PERIOD = Duration.ofMillis(10);

    private final Path certs;
    private final Path scratch;

    Floods(Path certs, Path scratch) {
        this.certs = certs;
        this.scratch = scratch;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "A heartbeat of one namespace while another one floods; of each round, and the median of the ratios",
                "round",
                "flood, calls per second",
                "quiet p50 ms",
                "quiet p99 ms",
                "flooded p50 ms",
                "flooded p99 ms",
                "p99 ratio");
        Path dataDir = Files.createTempDirectory(scratch, "floods");
        List<Double> ratios = new ArrayList<>();
        try (ServerProcess gateway = ServerProcess.gateway(certs, dataDir, List.of())) {
            ManagedChannel channel = Channels.open(certs, "quiet", 1, gateway.port());
            GatewayServiceBlockingStub node = GatewayServiceGrpc.newBlockingStub(channel);
            var unused = node.registerNode(RegisterNodeRequest.newBuilder()
                    .setNodeId(1)
                    .setIpAddress("10.20.30.40")
                    .setPort(5000)
                    .setIncarnation(1)
                    .build());
            for (int i = 0; i < WARM_UPS; i++) {
                beat(node, BEGIN);
                flooded(gateway, node);
            }
            for (int round = 1; round <= ROUNDS; round++) {
                List<Double> quiet = beat(node, TIME);
                Flooded flooded = flooded(gateway, node);
                double ratio = at(flooded.millis, 99) / at(quiet, 99);
                ratios.add(ratio);
                table.row(
                        round,
                        flooded.calls / FLOOD.toSeconds(),
                        at(quiet, 50),
                        at(quiet, 99),
                        at(flooded.millis, 50),
                        at(flooded.millis, 99),
                        ratio);
            }
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
        ratios.sort(null);
        return table.row("median", "", "", "", "", "", ratios.get(ROUNDS / 2));
    }

    private record Flooded(List<Double> millis, long calls) {}

    private Flooded flooded(ServerProcess gateway, GatewayServiceBlockingStub node)
            throws IOException, InterruptedException {
        Process flooder = new ProcessBuilder(
                        "chrt",
                        "--idle",
                        "0",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Flooder.class.getName(),
                        certs.toString(),
                        Integer.toString(gateway.port()),
                        Long.toString(FLOOD.toSeconds()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = flooder.inputReader()) {
            beat(node, BEGIN);
            List<Double> millis = beat(node, TIME);
            String calls = said.readLine();
            flooder.waitFor();
            return new Flooded(millis, Long.parseLong(calls));
        } finally {
            flooder.destroyForcibly();
        }
    }

    /** Returns the latencies of the heartbeats in milliseconds, sorted. */
    private static List<Double> beat(GatewayServiceBlockingStub node, Duration time) throws IOException {
        HeartbeatRequest request =
                HeartbeatRequest.newBuilder().setNodeId(1).setIncarnation(1).build();
        List<Double> millis = new ArrayList<>();
        long start = System.nanoTime();
        for (long due = start; due - start < time.toNanos(); due += PERIOD.toNanos()) {
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            if (!node.heartbeat(request).getStatus().equals("acknowledged")) {
                throw new IOException("a lease was lost");
            }
            millis.add((System.nanoTime() - due) / 1e6);
        }
        millis.sort(null);
        return millis;
    }

    private static double at(List<Double> sorted, int percent) {
        return sorted.get((sorted.size() - 1) * percent / 100);
    }
}
