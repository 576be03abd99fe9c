package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Member;
import io.rollcall.server.system.AuditVerifyScript.Verdict;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.UpdateLeaderRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One member that registers again and again pushes no other tenant's lines out, and hardly any of its own. */
@Timeout(180)
class AuditSharesIT {
    @TempDir
    private Path dir;

    private static MemberChannel node(GatewayProcess gateway, String namespace, int node) throws Exception {
        Member member = gateway.certs().namespace(namespace).node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static GatewayServiceBlockingStub stub(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel());
    }

    private static long register(MemberChannel channel, int node, String address, long incarnation) {
        return stub(channel)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress(address)
                        .setPort(5000)
                        .setIncarnation(incarnation)
                        .build())
                .getRevision();
    }

    /** Another member is not held to the flood's own rate; the namespace's, which both share, may still be used up. */
    private static void registerOnceTheNamespaceMay(MemberChannel channel, int node, String address, long incarnation) {
        await().untilAsserted(() -> {
            try {
                assertThat(register(channel, node, address, incarnation)).isPositive();
            } catch (StatusRuntimeException refused) {
                // Anything else ends the wait at once.
                if (!refused.getMessage().contains("of this namespace")) {
                    throw refused;
                }
                throw new AssertionError("the namespace's rate is still used up", refused);
            }
        });
    }

    @Test
    void aNamespaceThatFloods_givesUpItsOwnLines_underAnAlarm_andNobodyElseWaitsOrLosesAny() throws Exception {
        AuditVerifyScript script = new AuditVerifyScript(dir.resolve("root"));
        try (GatewayProcess gateway = GatewayProcess.start(
                        dir,
                        "--audit-file-size",
                        "16KiB",
                        "--audit-max-size",
                        "128KiB",
                        "--quota-changes",
                        "1000000",
                        "--quota-member-changes",
                        "1000000");
                MemberChannel flooding = node(gateway, "alpha", 1);
                MemberChannel other = node(gateway, "beta", 1)) {
            AuditLines audit = new AuditLines(gateway.dataDir());
            register(other, 1, "10.0.0.1", 1);
            long incarnation = 0;
            while (audit.of("record-cut").isEmpty()) {
                for (int i = 0; i < 50; i++) {
                    register(flooding, 1, "10.0.0.1", ++incarnation);
                }
            }
            var led = stub(other)
                    .updateLeader(UpdateLeaderRequest.newBuilder()
                            .setLeaderId(1)
                            .setIncarnation(1)
                            .setTerm(7)
                            .build());
            assertThat(led.getStatus()).isEqualTo("updated");
            assertThat(stub(flooding)
                            .removeNode(RemoveNodeRequest.newBuilder()
                                    .setNodeId(1)
                                    .setIncarnation(incarnation)
                                    .build())
                            .getStatus())
                    .as("removal is never refused for it")
                    .isEqualTo("removed");
            String alarm = await("the alarm")
                    .until(
                            () -> gateway.process().lines().stream()
                                    .filter(line -> line.contains("takes more than its share"))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
            assertThat(alarm).contains("alpha: the audit record of alpha takes more than its share of audit-max-size");
            await("all closed files are sorted").until(() -> audit.files().size() == 1);
            assertThat(audit.of("record-cut"))
                    .extracting(line -> line.get("of").asText())
                    .contains("alpha")
                    .doesNotContain("beta");
            List<JsonNode> betas =
                    audit.of("change", line -> line.get("namespace").asText().equals("beta"));
            assertThat(betas)
                    .extracting(line -> line.get("method").asText())
                    .containsExactly("RegisterNode", "UpdateLeader");
            assertThat(audit.of(
                            "namespace-opened",
                            line -> line.get("namespace").asText().equals("beta")))
                    .hasSize(1);
            Verdict verdict = script.run(gateway.dataDir());
            assertThat(verdict.exit()).as(verdict.said()).isZero();
            assertThat(verdict.said())
                    .containsPattern("alpha is kept from line \\d+ of .* are deleted, on record")
                    .containsPattern("beta is kept from line \\d+ of [^,]*: \\d+ lines\n");
        }
    }

    /** Seen before: 122 KB a second. */
    @Test
    void aMemberThatRegistersAtItsNamespacesRate_isAddedUp_andWritesAHundredthOfWhatItDid() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir);
                MemberChannel first = node(gateway, "alpha", 1);
                MemberChannel flooding = node(gateway, "alpha", 2)) {
            AuditLines audit = new AuditLines(gateway.dataDir());
            register(first, 1, "10.0.0.1", 1);
            long incarnation = 0;
            for (int i = 0; i < 100; i++) {
                register(flooding, 2, "10.0.0.2", ++incarnation);
            }
            long bytes = audit.text().length();
            long began = System.nanoTime();
            int acknowledged = 0;
            // A slow machine does not get as far in that time.
            while (System.nanoTime() - began < Duration.ofSeconds(3).toNanos() || acknowledged <= 100) {
                try {
                    register(flooding, 2, "10.0.0.2", ++incarnation);
                    acknowledged++;
                } catch (StatusRuntimeException e) {
                    assertThat(TestGate.reason(e)).isEqualTo("RATE_EXCEEDED");
                }
            }
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
            long aSecond = (audit.text().length() - bytes) / seconds;
            System.out.printf("%d registrations in %d s, %d bytes of audit a second%n", acknowledged, seconds, aSecond);
            long last = incarnation;
            AtomicInteger moves = new AtomicInteger();
            assertThatThrownBy(() -> {
                        // It may just have earned the one change a second that it has by itself, but not several.
                        while (moves.get() < 5) {
                            int move = moves.get() + 1;
                            register(flooding, 2, "10.9.9." + move, last + move);
                            moves.set(move);
                        }
                    })
                    .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                        assertThat(TestGate.reason(refused)).isEqualTo("RATE_EXCEEDED");
                    });
            registerOnceTheNamespaceMay(first, 1, "10.9.9.9", 2);
            assertThat(gateway.process().terminate()).isZero();
            List<JsonNode> lines =
                    audit.of("change", line -> line.path("caller").asText().endsWith("/node/2"));
            long addedUp = audit.of("summed-up", line -> line.path("node").asInt() == 2).stream()
                    .mapToLong(line -> line.get("more").asLong())
                    .sum();
            assertThat(acknowledged).isGreaterThan(100);
            assertThat(lines.size() + addedUp)
                    .as("each is told, by a line or in a sum")
                    .isEqualTo(100 + acknowledged + moves.get());
            assertThat(addedUp).isGreaterThan(acknowledged / 2);
            assertThat(aSecond).isLessThan(12_200);
        }
    }
}
