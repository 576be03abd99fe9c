package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.SessionEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * T2, D2: a lease ends with the commit of its expiry. It once ended when that was decided: with a commit that failed,
 * the node was told {@code not_found}, could not register, and was acknowledged again after a restart.
 */
@Timeout(120)
class LeaseCommitIT {
    private static final String[] SHORT_LEASES = {"--heartbeat-interval", "200ms", "--node-timeout", "5s"};

    @TempDir
    private Path dir;

    private Path faults;

    @BeforeEach
    void noFaults() throws Exception {
        faults = Files.createDirectories(dir.resolve("faults"));
    }

    private static MemberChannel node(GatewayProcess gateway, int node) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static void register(MemberChannel channel, int node) {
        GatewayServiceGrpc.newBlockingStub(channel.channel())
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.0.0." + node)
                        .setPort(5000)
                        .setIncarnation(11)
                        .build());
    }

    private static HeartbeatRequest beat(int node) {
        return HeartbeatRequest.newBuilder().setNodeId(node).setIncarnation(11).build();
    }

    private static CompletableFuture<HeartbeatResponse> unary(MemberChannel channel, int node) {
        CompletableFuture<HeartbeatResponse> reply = new CompletableFuture<>();
        GatewayServiceGrpc.newStub(channel.channel()).heartbeat(beat(node), first(reply));
        return reply;
    }

    private static CompletableFuture<HeartbeatResponse> streamed(MemberChannel channel, int node) {
        CompletableFuture<HeartbeatResponse> reply = new CompletableFuture<>();
        GatewayServiceGrpc.newStub(channel.channel()).keepAlive(first(reply)).onNext(beat(node));
        return reply;
    }

    private static StreamObserver<HeartbeatResponse> first(CompletableFuture<HeartbeatResponse> reply) {
        return new StreamObserver<>() {
            @Override
            public void onNext(HeartbeatResponse message) {
                reply.complete(message);
            }

            @Override
            public void onError(Throwable error) {
                reply.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {
                reply.completeExceptionally(new AssertionError("the stream ended"));
            }
        };
    }

    private static List<String> statuses(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel())
                .getNodes(GetNodesRequest.newBuilder()
                        .addAllStatuses(List.of("active", "suspected", "failed"))
                        .build())
                .getNodesList()
                .stream()
                .map(NodeInfo::getStatus)
                .toList();
    }

    /** The node is silent until its expiry is in the store's hands; some seconds after it is suspected. */
    private void awaitExpirysCommit(MemberChannel channel) throws Exception {
        await().until(() -> statuses(channel).equals(List.of("suspected")));
        Files.createFile(faults.resolve("hold"));
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(faults.resolve("held")));
    }

    @Test
    void d2_t2_t4_aBeatDuringAnExpiryThatFails_waits_isAcknowledged_andIsSoAfterARestart() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startFaulty(dir, faults, SHORT_LEASES);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1);
            awaitExpirysCommit(one);
            CompletableFuture<HeartbeatResponse> byCall = unary(one, 1);
            CompletableFuture<HeartbeatResponse> byStream = streamed(one, 1);
            assertThat(statuses(one)).as("reads do not wait").containsExactly("suspected");
            assertThat(byCall).isNotDone();
            assertThat(byStream).isNotDone();
            Files.createFile(faults.resolve("fail"));
            Files.delete(faults.resolve("hold"));
            assertThat(byCall.get().getStatus()).isEqualTo("acknowledged");
            assertThat(byStream.get().getStatus()).isEqualTo("acknowledged");
            assertThat(unary(one, 1).get().getStatus()).isEqualTo("acknowledged");
            gateway.process().kill();
            gateway.process().exitCode();
        }
        try (GatewayProcess gateway = GatewayProcess.start(dir);
                MemberChannel one = node(gateway, 1)) {
            assertThat(unary(one, 1).get().getStatus()).isEqualTo("acknowledged");
            await().until(() -> statuses(one).equals(List.of("active")));
        }
    }

    @Test
    void t2_aBeatDuringAnExpiryThatIsCommitted_isToldSo_andNotBefore() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startFaulty(dir, faults, SHORT_LEASES);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1);
            awaitExpirysCommit(one);
            CompletableFuture<HeartbeatResponse> byCall = unary(one, 1);
            CompletableFuture<HeartbeatResponse> byStream = streamed(one, 1);
            assertThat(statuses(one)).containsExactly("suspected");
            assertThat(byCall).isNotDone();
            Files.delete(faults.resolve("hold"));
            for (CompletableFuture<HeartbeatResponse> reply : List.of(byCall, byStream)) {
                assertThat(reply.get().getStatus()).isEqualTo("not_found");
                assertThat(reply.get().getEnded()).isEqualTo(SessionEnd.EXPIRED);
            }
            assertThat(statuses(one)).containsExactly("failed");
        }
    }
}
