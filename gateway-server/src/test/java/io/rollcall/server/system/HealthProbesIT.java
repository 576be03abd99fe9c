package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a balancer sees of the real gateway: while it is well, while its store fails, and while it drains. */
@Timeout(300)
class HealthProbesIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    private static ListenableFuture<RegisterNodeResponse> register(MemberChannel channel, int node) {
        return GatewayServiceGrpc.newFutureStub(channel.channel())
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.0.0." + node)
                        .setPort(5000)
                        .build());
    }

    /** Sends one heartbeat of node 1 and leaves the stream open. */
    private static StreamObserver<HeartbeatRequest> keepAlive(
            MemberChannel channel, LinkedBlockingQueue<HeartbeatResponse> replies) {
        StreamObserver<HeartbeatRequest> stream = GatewayServiceGrpc.newStub(channel.channel())
                .keepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(HeartbeatResponse reply) {
                        replies.add(reply);
                    }

                    @Override
                    public void onError(Throwable ended) {}

                    @Override
                    public void onCompleted() {}
                });
        stream.onNext(HeartbeatRequest.newBuilder().setNodeId(1).build());
        return stream;
    }

    private static boolean fails(ListenableFuture<RegisterNodeResponse> reply) throws InterruptedException {
        try {
            var unused = reply.get();
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    /** Planted bugs: ready whatever the store says; live no longer once it drains. */
    @Test
    void d3_itIsNotReady_whileTheStoreFails_orItDrains_andLiveAllTheWhile() throws Exception {
        Path faults = Files.createDirectory(dir.resolve("faults"));
        try (GatewayProcess gateway = GatewayProcess.startFaulty(dir, faults);
                MemberChannel one = member(gateway)) {
            ConsoleProbes probes = new ConsoleProbes(gateway);
            assertThat(probes.live()).isEqualTo("200 ok");
            assertThat(probes.ready()).isEqualTo("200 ok");

            Files.createFile(faults.resolve("fail"));
            assertThat(fails(register(one, 1))).isTrue();
            assertThat(probes.ready()).isEqualTo("503 not ready");
            assertThat(probes.live()).isEqualTo("200 ok");
            Files.delete(faults.resolve("fail"));
            await("ready again by itself").atMost(SOON).until(() -> probes.ready()
                    .equals("200 ok"));

            var unused = register(one, 1).get();
            LinkedBlockingQueue<HeartbeatResponse> beats = new LinkedBlockingQueue<>();
            StreamObserver<HeartbeatRequest> open = keepAlive(one, beats);
            assertThat(beats.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isNotNull();
            CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> terminate(gateway));
            await("the open stream is waited for")
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> probes.ready().equals("503 not ready"));
            assertThat(probes.live()).isEqualTo("200 ok");
            open.onCompleted();
            assertThat(end.get()).isZero();
        }
    }

    private static MemberChannel member(GatewayProcess gateway) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(1);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static int terminate(GatewayProcess gateway) {
        try {
            return gateway.process().terminate();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
