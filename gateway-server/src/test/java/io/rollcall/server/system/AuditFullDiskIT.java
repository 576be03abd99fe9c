package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.beat;
import static io.rollcall.server.system.NodeCalls.lead;
import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static io.rollcall.server.system.NodeCalls.stub;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.server.system.AuditVerifyScript.Verdict;
import io.rollcall.server.testing.TestGate;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RemoveNodeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the audit log alone fills up, under the real gateway: nothing changes that cannot be put on record. */
@Timeout(180)
class AuditFullDiskIT {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    @TempDir
    private Path dir;

    private static void assertCannotBePutOnRecord(Runnable change) {
        assertThatThrownBy(change::run).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(TestGate.reason(refused)).isEqualTo("AUDIT_UNAVAILABLE");
            assertThat(refused.getStatus().getDescription())
                    .isEqualTo("the change could not be put on record; try again");
        });
    }

    @Test
    void d2_t4_withoutRoomForTheRecord_nothingChanges_heartbeatsAndReadsGoOn_andItPassesByItself() throws Exception {
        AuditVerifyScript script = new AuditVerifyScript(dir.resolve("root"));
        Replay seen = new Replay();
        try (SmallDisk disk = new SmallDisk(dir.resolve("data/audit"), "2m");
                GatewayProcess gateway = GatewayProcess.start(
                        dir, "--heartbeat-interval", "200ms", "--node-timeout", NODE_TIMEOUT.toMillis() + "ms");
                MemberChannel one = node(gateway, 1);
                MemberChannel two = node(gateway, 2);
                MemberChannel four = node(gateway, 4)) {
            AuditLines audit = new AuditLines(gateway.dataDir());
            ConsoleHttp admin = new ConsoleHttp(gateway);
            String password = gateway.consolePassword();
            assertThat(admin.signIn("admin", password)).isEqualTo(303);
            register(one, 1, 11);
            register(two, 2, 22);
            Follower watcher = new Follower(one.channel(), seen, Integer.MAX_VALUE);

            disk.fill();
            // The last page of the file may have room for a change or two.
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                long fresh = System.nanoTime();
                // No lease may end before the outage begins.
                assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
                assertThat(beat(two, 2, 22).getStatus()).isEqualTo("acknowledged");
                assertCannotBePutOnRecord(() -> register(four, 4, fresh));
            });
            GetNodesResponse before = stub(one).getNodes(GetNodesRequest.getDefaultInstance());
            int changes = audit.of("change").size();

            long full = System.nanoTime();
            long fresh = 0;
            while (System.nanoTime() - full < NODE_TIMEOUT.multipliedBy(2).toNanos()) {
                long incarnation = 1_000_000 + ++fresh;
                assertCannotBePutOnRecord(() -> register(four, 4, incarnation));
                assertCannotBePutOnRecord(() -> lead(one, 1, 11, incarnation));
                assertCannotBePutOnRecord(() -> stub(two)
                        .removeNode(RemoveNodeRequest.newBuilder()
                                .setNodeId(2)
                                .setIncarnation(22)
                                .build()));
                assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
                GetNodesResponse now = stub(one).getNodes(GetNodesRequest.getDefaultInstance());
                assertThat(now.getRevision()).isEqualTo(before.getRevision());
                assertThat(now.getNodesList())
                        .extracting(NodeInfo::getNodeId)
                        .isEqualTo(before.getNodesList().stream()
                                .map(NodeInfo::getNodeId)
                                .toList())
                        .contains(1, 2);
                Thread.sleep(100);
            }
            assertThat(admin.changePassword(password, "a password that is not to be"))
                    .isEqualTo(503);
            assertThat(new ConsoleHttp(gateway).signIn("admin", password)).isEqualTo(303);
            assertThat(audit.of("change")).as("what was refused is in no file").hasSize(changes);
            assertThat(seen.revision()).as("D2: no watcher heard of it").isEqualTo(before.getRevision());

            disk.free();
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> {
                        register(four, 4, 44);
                        return true;
                    });
            assertThat(beat(two, 2, 22).getStatus())
                    .as("T4: the outage counts against nobody")
                    .isEqualTo("acknowledged");
            assertThat(beat(one, 1, 11).getStatus()).isEqualTo("acknowledged");
            lead(one, 1, 11, 2_000_000);
            await().until(() -> seen.revision()
                    == stub(one).getNodes(GetNodesRequest.getDefaultInstance()).getRevision());
            watcher.cut();

            List<JsonNode> resumed = audit.of("resumed");
            assertThat(resumed).singleElement().satisfies(line -> assertThat(
                            line.get("failed_since").asText())
                    .isNotEmpty());
            assertThat(audit.of("refusal", line -> line.get("reason").asText().equals("AUDIT_UNAVAILABLE")))
                    .as("who was refused meanwhile is told once there is room")
                    .isNotEmpty();
            assertThat(gateway.process().terminate()).isZero();
            Verdict verdict = script.run(gateway.dataDir());
            assertThat(verdict.exit()).as(verdict.said()).isZero();
        }
    }
}
