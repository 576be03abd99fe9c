package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.Member;
import io.rollcall.server.store.OlderStore;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.SessionEnd;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory as the build of November 2026 (schema 1) left it, and its audit log of three files: what it had
 * acknowledged is there, and its record verifies, alone and with what this build adds. {@code stored-2026-11} is what
 * that build wrote: {@code registry.sql} by {@code sqlite3 .dump}, the lines of the log as they are. Do not change them:
 * who changes a format adds a migration.
 *
 * <pre>
 *   alpha  1 founder and leader of term 3 · 2 replaced its session 22 by 23 · 3 left · 4 failed · 5 without incarnation
 *   beta   1 was told to found the cluster, unconfirmed
 * </pre>
 *
 * Planted bugs: a renamed component of a stored value without a migration; another hash over a line of the log.
 */
class EarlierBuildIT {
    private static final String REGISTRY = "b70e1b7619e593f7";
    private static final String HEAD = "31:d0e3c5c3a3a031160d067bbff406f9770f24b6c3e5399bc7bb18e8d339109b63";
    private static final List<String> LOG = List.of("audit-000001.jsonl", "audit-000002.jsonl", "audit-000003.jsonl");

    @TempDir
    private Path dir;

    private final Map<String, MemberChannel> channels = new HashMap<>();

    private static byte[] stored(String name) throws IOException {
        try (InputStream file = EarlierBuildIT.class.getResourceAsStream("/stored-2026-11/" + name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        }
    }

    @BeforeEach
    void layDown() throws Exception {
        Path audit = Files.createDirectories(dir.resolve("data/audit"));
        for (String name : LOG) {
            Files.write(audit.resolve(name), stored(name));
        }
        OlderStore.write("/stored-2026-11/registry.sql", dir.resolve("data"));
    }

    @AfterEach
    void close() throws Exception {
        for (MemberChannel channel : channels.values()) {
            channel.close();
        }
    }

    private GatewayServiceBlockingStub as(GatewayProcess gateway, String namespace, int node) throws Exception {
        MemberChannel channel = channels.get(namespace + node);
        if (channel == null) {
            Member member = gateway.certs().namespace(namespace).node(node);
            channel = new MemberChannel(gateway, member.credential(), member.token());
            channels.put(namespace + node, channel);
        }
        return GatewayServiceGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private RegisterNodeResponse register(GatewayProcess gateway, String namespace, int node, long incarnation)
            throws Exception {
        return as(gateway, namespace, node)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.0.0." + node)
                        .setPort(5000)
                        .setIncarnation(incarnation)
                        .build());
    }

    private HeartbeatResponse beat(GatewayProcess gateway, int node, long incarnation) throws Exception {
        return as(gateway, "alpha", node)
                .heartbeat(HeartbeatRequest.newBuilder()
                        .setNodeId(node)
                        .setIncarnation(incarnation)
                        .build());
    }

    private String verified(String... head) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(dir.resolve("data").toString()));
        arguments.addAll(List.of(head));
        try (ChildProcess verifier =
                GatewayProcess.runBy(List.of(), "io.rollcall.server.audit.AuditVerify", arguments, Map.of())) {
            int exit = verifier.exitCode();
            String said = String.join("\n", verifier.lines());
            assertThat(exit).as(said).isZero();
            return said;
        }
    }

    @Test
    void d1_itsAuditLogVerifies_whatItAcknowledgedIsThere_andTheLogGoesOn() throws Exception {
        assertThat(verified(HEAD)).contains("31 lines").contains(HEAD);
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            assertNodes(gateway);
            assertSessions(gateway);
            assertFoundingAndTerm(gateway);
            assertThat(gateway.process().terminate()).isZero();
        }
        assertThat(verified(HEAD)).doesNotContain(" 31 lines");
    }

    private void assertNodes(GatewayProcess gateway) throws Exception {
        GetNodesResponse list = as(gateway, "alpha", 2).getNodes(GetNodesRequest.getDefaultInstance());
        assertThat(list.getRegistryId()).isEqualTo(REGISTRY);
        assertThat(list.getRevision()).isGreaterThanOrEqualTo(13);
        assertThat(list.getNodesList()).extracting(NodeInfo::getNodeId).containsExactly(1, 2, 5);
        assertThat(list.getNodes(0).getMetadataMap()).containsExactly(Map.entry("zone", "\"\u00e4\u4e2d\""));
        assertThat(list.getNodes(1).getMetadataMap()).containsExactly(Map.entry("rack", "b"));
        assertThat(list.getNodes(1).getCapabilitiesList()).containsExactly("raft");
        WatchNodesResponse first = as(gateway, "alpha", 1)
                .watchNodes(WatchNodesRequest.newBuilder()
                        .setAfterRevision(12)
                        .setRegistryId(REGISTRY)
                        .build())
                .next();
        assertThat(first.hasResync()).as("its history is held: " + first).isFalse();
        assertThat(first.getRevision()).isGreaterThanOrEqualTo(13);
    }

    private void assertSessions(GatewayProcess gateway) throws Exception {
        assertThat(beat(gateway, 1, 11).getStatus()).isEqualTo("acknowledged");
        assertThat(beat(gateway, 2, 22).getEnded()).isEqualTo(SessionEnd.REPLACED);
        assertThat(beat(gateway, 2, 23).getStatus()).isEqualTo("acknowledged");
        assertThat(beat(gateway, 4, 44).getEnded()).isEqualTo(SessionEnd.EXPIRED);
        assertThat(beat(gateway, 5, 0).getStatus()).isEqualTo("acknowledged");
        assertThatThrownBy(() -> register(gateway, "alpha", 3, 33)).hasMessageContaining("ended, removed");
    }

    private void assertFoundingAndTerm(GatewayProcess gateway) throws Exception {
        assertThat(register(gateway, "alpha", 3, 34).getIsBootstrap()).isFalse();
        assertThat(register(gateway, "beta", 1, 101).getIsBootstrap()).as("B1").isTrue();
        GetLeaderResponse leader = as(gateway, "alpha", 1).getLeader(GetLeaderRequest.getDefaultInstance());
        assertThat(leader.getLeader().getNodeId()).isEqualTo(1);
        assertThat(leader.getTerm()).isEqualTo(3);
        assertThat(as(gateway, "alpha", 2)
                        .updateLeader(UpdateLeaderRequest.newBuilder()
                                .setLeaderId(2)
                                .setTerm(2)
                                .setIncarnation(23)
                                .build())
                        .getStatus())
                .as("L1")
                .isEqualTo("failed");
    }
}
