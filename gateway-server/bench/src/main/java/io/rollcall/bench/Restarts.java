package io.rollcall.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.rollcall.v1.HeartbeatResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long nodes on KeepAlive are without a gateway when it is killed and started again: from the kill to the
 * first acknowledgement of the last of them, who have their sessions still.
 */
final class Restarts {
    private static final int ROUNDS = 4;
    private static final int MOST_SECONDS = 120;

    private final Build build;
    private final Path certs;
    private final Path scratch;
    private final @Nullable Build baseline;

    /** @param scratch the directory of the gateways' files */
    Restarts(Build build, Path certs, Path scratch, @Nullable Build baseline) {
        this.build = build;
        this.certs = certs;
        this.scratch = scratch;
        this.baseline = baseline;
    }

    Table measure() throws Exception {
        Table table = new Table(
                "kill -9 with " + Nodes.MOST + " nodes on KeepAlive, and a start as scripts/run does it; medians of "
                        + ROUNDS + " rounds, and of their ratios with their range",
                "",
                "gateway s",
                "ratio to the baseline",
                "target");
        Map<String, Comparison.Figure> outages = new LinkedHashMap<>();
        Comparison ready = new Comparison();
        outages.put(build.name(), () -> outage(build, ready));
        if (baseline != null) {
            outages.put(baseline.name(), () -> outage(baseline, ready));
        }
        Comparison allBack = new Comparison();
        for (int round = 0; round < ROUNDS; round++) {
            allBack.round(outages);
        }
        row(table, "ready again", ready, "");
        row(table, "all nodes acknowledged again", allBack, "0.5");
        return table;
    }

    private void row(Table table, String what, Comparison seconds, String target) {
        table.row(
                what,
                seconds.median(build.name()),
                baseline == null ? "" : seconds.ratio(build.name(), baseline.name()),
                target);
    }

    /** Returns the seconds until all are back. */
    private double outage(Build measured, Comparison ready) throws Exception {
        Path dataDir = Files.createTempDirectory(scratch, "restarts");
        ServerProcess gateway = ServerProcess.gateway(measured, certs, dataDir, List.of());
        try (Nodes nodes = new Nodes(certs, gateway.port(), Nodes.MOST)) {
            nodes.register();
            List<ManagedChannel> channels = nodes.channels();
            acknowledged(channels).await();
            gateway.kill();
            long killed = System.nanoTime();
            gateway = ServerProcess.gateway(
                    measured, certs, dataDir, List.of("--port", Integer.toString(gateway.port())));
            ready.add(measured.name(), secondsSince(killed));
            // The clients' pauses between two attempts are not the gateway's.
            channels.forEach(ManagedChannel::resetConnectBackoff);
            acknowledged(channels).await();
            return secondsSince(killed);
        } finally {
            gateway.close();
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Begins a stream for each node. */
    private static Acknowledged acknowledged(List<ManagedChannel> channels) {
        Acknowledged first = new Acknowledged(channels.size());
        MethodDescriptor<byte[], byte[]> method = RawMethod.of("rollcall.v1.GatewayService/KeepAlive", RawMethod.BYTES);
        for (int i = 0; i < channels.size(); i++) {
            ClientCall<byte[], byte[]> call = channels.get(i).newCall(method, CallOptions.DEFAULT.withWaitForReady());
            call.start(first.listener(), new Metadata());
            call.request(1);
            call.sendMessage(Nodes.heartbeat(i));
        }
        return first;
    }

    /** Waits until each of many streams has brought an acknowledgement. */
    private static final class Acknowledged {
        private final CountDownLatch outstanding;

        Acknowledged(int streams) {
            outstanding = new CountDownLatch(streams);
        }

        ClientCall.Listener<byte[]> listener() {
            return new ClientCall.Listener<>() {
                @Override
                public void onMessage(byte[] reply) {
                    if (isAcknowledgement(reply)) {
                        outstanding.countDown();
                    }
                }
            };
        }

        /** Whether the node's session is known still. */
        private static boolean isAcknowledgement(byte[] reply) {
            try {
                return HeartbeatResponse.parseFrom(reply).getStatus().equals("acknowledged");
            } catch (InvalidProtocolBufferException e) {
                return false; // the wait ends with its own message
            }
        }

        void await() throws IOException, InterruptedException {
            if (!outstanding.await(MOST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        outstanding.getCount() + " nodes were not acknowledged in " + MOST_SECONDS + " s");
            }
        }
    }
}
