package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.beat;
import static io.rollcall.server.system.NodeCalls.listed;
import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static io.rollcall.server.system.NodeCalls.stub;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.SessionState;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GetNodesRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** D3, T4: a disk that fills up and has room again, under the real gateway. */
@Timeout(180)
class FullDiskIT {
    private static final long TIMEOUT_MILLIS = 3_000;

    @TempDir
    private Path dir;

    @Test
    void d1_d2_d3_t4_aFullDisk_refusesChanges_andCostsNobodyAnything() throws Exception {
        Replay seen = new Replay();
        long acknowledged;
        try (SmallDisk disk = new SmallDisk(dir.resolve("data"), "12m")) {
            try (GatewayProcess gateway = GatewayProcess.start(
                            dir, "--heartbeat-interval", "200ms", "--node-timeout", TIMEOUT_MILLIS + "ms");
                    MemberChannel one = node(gateway, 1);
                    MemberChannel two = node(gateway, 2);
                    MemberChannel four = node(gateway, 4);
                    GatewayClient client = GatewayClient.builder()
                            .target(gateway.target())
                            .credentials(NodeCredentials.fromDirectory(
                                    gateway.certs().namespace("alpha").nodeDirectory(3)))
                            .build();
                    NodeSession three = client.register(NodeDescription.of("10.0.0.3", 5000))) {
                register(one, 1, 11);
                Follower watcher = new Follower(one.channel(), seen, Integer.MAX_VALUE);
                acknowledged = register(two, 2, 22).getRevision();
                assertThat(beat(two, 2, 22).getStatus()).isEqualTo("acknowledged");
                disk.fill();
                refusedForWantOfRoom(one, two, four);

                long full = System.nanoTime();
                while (System.nanoTime() - full
                        < Duration.ofMillis(2 * TIMEOUT_MILLIS).toNanos()) {
                    assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
                    assertThat(listed(one))
                            .as("node 2 is silent, but cannot register anew")
                            .contains(1, 2, 3);
                    Thread.sleep(100);
                }
                assertThat(three.state()).isEqualTo(SessionState.REGISTERED);

                disk.free();
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                        .until(() -> register(four, 4, 44).getRevision() > acknowledged);
                assertThat(beat(two, 2, 22).getStatus())
                        .as("T4: the outage counts against nobody")
                        .isEqualTo("acknowledged");
                assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
                await().until(() -> seen.view().get(0).equals(revision(one)));
                watcher.cut();
                gateway.process().kill();
                gateway.process().exitCode();
            }
            try (GatewayProcess gateway = GatewayProcess.start(dir);
                    MemberChannel one = node(gateway, 1)) {
                assertThat(listed(one)).contains(1, 3, 4);
                Replay heard = new Replay();
                new Follower(one.channel(), heard, 1).awaitFed().cut();
                new Follower(one.channel(), seen, 1).awaitFed().cut();
                assertThat(seen.resyncs()).as("D2: what was seen is there").isZero();
                assertThat(seen.view()).isEqualTo(heard.view());
            }
        }
    }

    /** The log may have room for a change or two. */
    private static void refusedForWantOfRoom(MemberChannel one, MemberChannel two, MemberChannel four) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            // No lease may end before the outage begins.
            assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
            assertThat(beat(two, 2, 22).getStatus()).isEqualTo("acknowledged");
            long before = System.nanoTime();
            assertThatThrownBy(() -> register(four, 4, before))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(StatusProto.fromThrowable(refused).getDetailsList())
                                .anySatisfy(detail -> assertThat(
                                                detail.unpack(ErrorInfo.class).getReason())
                                        .isIn("STORE_UNAVAILABLE", "AUDIT_UNAVAILABLE"));
                    });
        });
    }

    private static long revision(MemberChannel channel) {
        return stub(channel).getNodes(GetNodesRequest.getDefaultInstance()).getRevision();
    }
}
