package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.grpc.Status;
import io.rollcall.client.ClusterView;
import io.rollcall.client.ClusterWatch;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.WatchListener;
import io.rollcall.devcerts.Member;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watching the real process, over TLS. */
@Timeout(180)
@Tag("quick")
class WatchIT {
    private static final int CUTS = 100;
    private static final int NODES = 4;

    @TempDir
    private Path dir;

    /** Nodes of alpha come, go and lead, each by its own certificate, until told to stop. */
    private static CompletableFuture<Void> churn(GatewayProcess gateway, AtomicBoolean stop) {
        return CompletableFuture.runAsync(() -> {
            try (MemberChannel one = member(gateway, 1);
                    MemberChannel two = member(gateway, 2);
                    MemberChannel three = member(gateway, 3);
                    MemberChannel four = member(gateway, 4)) {
                MemberChannel[] members = {one, two, three, four};
                Random random = new Random(7);
                for (long step = 1; !stop.get(); step++) {
                    int node = 1 + random.nextInt(NODES);
                    act(members[node - 1].channel(), node, step, random.nextInt(4));
                }
            } catch (Exception e) {
                throw new AssertionError("the nodes could not go on", e);
            }
        });
    }

    private static void act(Channel channel, int node, long step, int what) {
        GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel);
        if (what == 0) {
            stub.removeNode(RemoveNodeRequest.newBuilder().setNodeId(node).build());
        } else {
            stub.registerNode(RegisterNodeRequest.newBuilder()
                    .setNodeId(node)
                    .setIpAddress("10.0.0." + node)
                    .setPort(5000)
                    .setIncarnation(step)
                    .build());
            stub.updateLeader(UpdateLeaderRequest.newBuilder()
                    .setLeaderId(node)
                    .setIncarnation(step)
                    .setTerm(step)
                    .build());
        }
    }

    private static MemberChannel member(GatewayProcess gateway, int node) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static MemberChannel operator(GatewayProcess gateway, String namespace) throws Exception {
        Member member = gateway.certs().namespace(namespace).operator();
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    @Test
    void w1_aWatcherCutOffAHundredTimes_hasAppliedWhatOneThatStayedHas() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
                MemberChannel admin = operator(gateway, "alpha");
                MemberChannel foreign = operator(gateway, "beta");
                GatewayClient client = GatewayClient.builder()
                        .target(gateway.target())
                        .credentials(NodeCredentials.fromDirectory(
                                gateway.certs().namespace("alpha").nodeDirectory(5)))
                        .build();
                ClusterWatch watch = client.watch(new WatchListener() {})) {
            Replay stays = new Replay();
            Replay isCut = new Replay();
            Replay beta = new Replay();
            Follower staying = new Follower(admin.channel(), stays, 1).awaitFed();
            staying.readOn();
            new Follower(admin.channel(), isCut, 1).awaitFed().cut();
            Follower elsewhere = new Follower(foreign.channel(), beta, 1).awaitFed();
            elsewhere.readOn();

            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Void> churn = churn(gateway, stop);
            Random random = new Random(8);
            try {
                for (int cut = 1; cut <= CUTS; cut++) {
                    new Follower(admin.channel(), isCut, 1 + random.nextInt(5))
                            .awaitFed()
                            .cut();
                }
            } finally {
                stop.set(true);
                churn.join();
            }
            long revision = client.stats().at().number();
            Follower last = new Follower(admin.channel(), isCut, Integer.MAX_VALUE);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> isCut.revision() == revision && stays.revision() == revision);
            assertThat(isCut.applied().equals(stays.applied()))
                    .as("each change once")
                    .isTrue();
            assertThat(isCut.applied()).hasSize((int) revision);
            assertThat(isCut.view()).isEqualTo(stays.view());
            System.out.printf("W1 over TLS: %d changes through %d cuts%n", revision, CUTS);

            await().until(() ->
                    watch.view().map(ClusterView::at).map(at -> at.number()).orElse(-1L) == revision);
            assertThat(watch.view().orElseThrow().nodes().keySet())
                    .containsAll(client.nodes().nodes().stream()
                            .map(io.rollcall.client.Node::id)
                            .toList());
            assertThat(beta.revision()).as("I1: nothing of alpha").isZero();
            last.cut();
            staying.cut();
            elsewhere.cut();
        }
    }

    @Test
    void onSigterm_watchersAreTold_andTheGatewayDoesNotWaitForThem() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
                MemberChannel admin = operator(gateway, "alpha")) {
            Follower follower = new Follower(admin.channel(), new Replay(), 1).awaitFed();
            assertThat(gateway.process().terminate()).isZero();
            assertThat(Status.fromThrowable(follower.awaitEnd()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }
}
