package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceFutureStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One tenant asks for all that it can get; another one's nodes beat, and must not notice: no lease is lost, nobody is
 * suspected. How much slower they are answered is printed, not judged.
 */
@Tag("alone")
@Timeout(180)
class FloodIT {
    private static final int CONNECTIONS = 64;
    private static final int CALLS_AT_ONCE = 8;
    private static final Duration FLOOD = Duration.ofSeconds(10);

    @TempDir
    private Path dir;

    private static MemberChannel member(GatewayProcess gateway, String namespace, int node) throws Exception {
        Member member = gateway.certs().namespace(namespace).node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static RegisterNodeRequest registration(int node, long incarnation) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(node)
                .setIpAddress("10.0.0.1")
                .setPort(5000)
                .setIncarnation(incarnation)
                .build();
    }

    /** What the flood was told: how many were answered, how many refused, and in which words. */
    private static final class Flood {
        private final AtomicBoolean isOver = new AtomicBoolean();
        /** Each is used once: a session that comes again after another one is refused. */
        private final AtomicLong incarnations = new AtomicLong();

        private final AtomicLong answered = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();
        private final ConcurrentHashMap<String, Integer> reasons = new ConcurrentHashMap<>();

        void begin(MemberChannel channel, int node) {
            GatewayServiceFutureStub stub = GatewayServiceGrpc.newFutureStub(channel.channel());
            for (int call = 0; call < CALLS_AT_ONCE; call++) {
                next(stub, node, call);
            }
        }

        private void next(GatewayServiceFutureStub stub, int node, long turn) {
            if (isOver.get()) {
                return;
            }
            ListenableFuture<?> call = turn % 2 == 0
                    ? stub.getNodes(GetNodesRequest.getDefaultInstance())
                    : stub.registerNode(registration(node, incarnations.incrementAndGet()));
            FutureCallback<Object> whenDone = new FutureCallback<>() {
                @Override
                public void onSuccess(Object reply) {
                    answered.incrementAndGet();
                    next(stub, node, turn + 1);
                }

                @Override
                public void onFailure(Throwable e) {
                    refused.incrementAndGet();
                    reasons.merge(reasonOf(e), 1, Integer::sum);
                    next(stub, node, turn + 1);
                }
            };
            Futures.addCallback(call, whenDone, MoreExecutors.directExecutor());
        }

        private static String reasonOf(Throwable e) {
            if (!(e instanceof StatusRuntimeException)) {
                return e.toString();
            }
            com.google.rpc.Status status = StatusProto.fromThrowable(e);
            try {
                boolean hasDelay = status.getDetailsList().stream().anyMatch(any -> any.is(RetryInfo.class));
                return status.getDetails(0).unpack(ErrorInfo.class).getReason() + (hasDelay ? ", with a delay" : "");
            } catch (Exception unexpected) {
                return e.toString();
            }
        }
    }

    @Test
    void oneTenantsFlood_costsAnotherNoLease() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(
                        dir,
                        List.of(NodeRange.parse("alpha:1-4"), NodeRange.parse("beta:1-" + CONNECTIONS)),
                        "--heartbeat-interval",
                        "400ms",
                        "--node-timeout",
                        "4s",
                        "--suspect-after",
                        "3s",
                        "--quota-changes",
                        "50",
                        "--quota-reads",
                        "200");
                MemberChannel watching = member(gateway, "alpha", 4)) {
            List<MemberChannel> nodes = new ArrayList<>();
            List<MemberChannel> attackers = new ArrayList<>();
            try {
                // First, as it takes a while: between a registration and its first beat no lease may end.
                for (int node = 1; node <= CONNECTIONS; node++) {
                    attackers.add(member(gateway, "beta", node));
                }
                for (int node = 1; node <= 3; node++) {
                    nodes.add(member(gateway, "alpha", node));
                    assertThat(GatewayServiceGrpc.newBlockingStub(
                                            nodes.get(node - 1).channel())
                                    .registerNode(registration(node, node))
                                    .getStatus())
                            .isEqualTo("registered");
                }
                Replay alpha = new Replay();
                Follower watcher = new Follower(watching.channel(), alpha, Integer.MAX_VALUE);
                beat(nodes, Duration.ofSeconds(1));
                List<Long> quiet = beat(nodes, Duration.ofSeconds(3));
                long before = alpha.revision();
                Flood flood = new Flood();
                for (int node = 1; node <= CONNECTIONS; node++) {
                    flood.begin(attackers.get(node - 1), node);
                }
                List<Long> flooded = beat(nodes, FLOOD);
                flood.isOver.set(true);
                watcher.cut();
                System.out.printf(
                        "flood: %d calls answered, %d refused %s; another tenant's heartbeat p50 %d -> %d us, p99 %d -> %d us%n",
                        flood.answered.get(),
                        flood.refused.get(),
                        flood.reasons,
                        at(quiet, 50),
                        at(flooded, 50),
                        at(quiet, 99),
                        at(flooded, 99));
                assertThat(alpha.revision())
                        .as("nobody of alpha was suspected or lost")
                        .isEqualTo(before);
                assertThat(flood.reasons.keySet()).containsExactly("RATE_EXCEEDED, with a delay");
                long most = (50 + 200) * (FLOOD.toSeconds() + 5 + 5);
                assertThat(flood.answered.get()).as("its rate, and a burst").isBetween(500L, most);
                assertAddedUp(new AuditLines(gateway.dataDir()), flood.refused.get());
            } finally {
                for (MemberChannel channel : nodes) {
                    channel.close();
                }
                for (MemberChannel channel : attackers) {
                    channel.close();
                }
            }
        }
    }

    /** The flood's refusals are on record: a few a second in lines of their own, the others in sums. */
    private static void assertAddedUp(AuditLines audit, long refused) {
        await().untilAsserted(() -> {
            List<JsonNode> lines = audit.of("refusal", line -> isByRate(line) && isBetas(line));
            List<JsonNode> sums = audit.of("summed-up", line -> isByRate(line) && isBetas(line));
            long more = sums.stream().mapToLong(sum -> sum.get("more").asLong()).sum();
            assertThat(lines.size() + more).isGreaterThanOrEqualTo(refused);
            assertThat(lines).hasSizeBetween(1, 10 * (int) FLOOD.toSeconds() + 50);
            assertThat(audit.of("lost")).isEmpty();
        });
    }

    private static boolean isByRate(JsonNode line) {
        return line.path("reason").asText().equals("RATE_EXCEEDED");
    }

    private static boolean isBetas(JsonNode line) {
        return line.path("namespace").asText().equals("beta");
    }

    private static long at(List<Long> sorted, int percent) {
        return sorted.get((sorted.size() - 1) * percent / 100);
    }

    /** Each node beats, one after the other, for so long; gives what each beat took, in microseconds, sorted. */
    private static List<Long> beat(List<MemberChannel> nodes, Duration time) throws InterruptedException {
        List<Long> micros = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            for (int node = 1; node <= nodes.size(); node++) {
                GatewayServiceBlockingStub stub =
                        GatewayServiceGrpc.newBlockingStub(nodes.get(node - 1).channel());
                long began = System.nanoTime();
                assertThat(stub.heartbeat(HeartbeatRequest.newBuilder()
                                        .setNodeId(node)
                                        .setIncarnation(node)
                                        .build())
                                .getStatus())
                        .isEqualTo("acknowledged");
                micros.add((System.nanoTime() - began) / 1_000);
            }
            Thread.sleep(20);
        }
        Collections.sort(micros);
        return micros;
    }
}
