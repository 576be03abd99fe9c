package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.Member;
import io.rollcall.server.watch.Follower;
import io.rollcall.server.watch.Replay;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * W1: a data directory that is put back to an earlier moment, under the same registry id, and grows beyond where it was.
 * A watcher once resumed in the middle of the other history, without a word.
 */
@Timeout(120)
class PutBackIT {
    @TempDir
    private Path dir;

    private long incarnation;

    private static MemberChannel node(GatewayProcess gateway, int node) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private long register(GatewayProcess gateway, int node, int times) throws Exception {
        try (MemberChannel channel = node(gateway, node)) {
            RegisterNodeResponse reply = RegisterNodeResponse.getDefaultInstance();
            for (int i = 0; i < times; i++) {
                reply = GatewayServiceGrpc.newBlockingStub(channel.channel())
                        .registerNode(RegisterNodeRequest.newBuilder()
                                .setNodeId(node)
                                .setIpAddress("10.0.0." + node)
                                .setPort(5000)
                                .setIncarnation(++incarnation)
                                .build());
            }
            return reply.getRevision();
        }
    }

    private static void catchUp(GatewayProcess gateway, Replay replay, long revision) throws Exception {
        try (MemberChannel channel = node(gateway, 1)) {
            Follower follower = new Follower(channel.channel(), replay, Integer.MAX_VALUE);
            await().until(() -> replay.revision() >= revision);
            follower.cut();
        }
    }

    private static GetNodesResponse unlessKnown(GatewayProcess gateway, GetNodesResponse known) throws Exception {
        try (MemberChannel channel = node(gateway, 1)) {
            return GatewayServiceGrpc.newBlockingStub(channel.channel())
                    .getNodes(GetNodesRequest.newBuilder()
                            .setKnownRevision(known.getRevision())
                            .setKnownRegistryId(known.getRegistryId())
                            .setKnownBranch(known.getBranch())
                            .build());
        }
    }

    private static boolean hasAlarm(GatewayProcess gateway) {
        return gateway.process().lines().stream()
                .anyMatch(line -> line.contains("alpha:")
                        && line.contains("which this registry never had")
                        && line.contains("put back only copies made by scripts/backup"));
    }

    private void copy(String from, String to) throws IOException {
        Path target = Files.createDirectories(dir.resolve(to));
        try (DirectoryStream<Path> old = Files.newDirectoryStream(target, "registry.db*")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir.resolve(from), "registry.db*")) {
            for (Path file : files) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void w1_whatWasPutBack_isToldApart_alsoAfterRegrowth_andAnOrdinaryRestartIsNot() throws Exception {
        Replay atTheEnd = new Replay();
        Replay atTheSnapshot = new Replay();
        GetNodesResponse known;
        long snapshot;
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
            snapshot = register(gateway, 1, 5);
            catchUp(gateway, atTheEnd, snapshot);
            catchUp(gateway, atTheSnapshot, snapshot);
            gateway.process().kill(); // with a log beside the database, as a snapshot of a volume has it
            gateway.process().exitCode();
        }
        copy("data", "snapshot");
        long end;
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
            end = register(gateway, 2, 5);
            catchUp(gateway, atTheEnd, end);
            assertThat(atTheEnd.resyncs()).as("an ordinary restart").isZero();
            known = unlessKnown(gateway, GetNodesResponse.getDefaultInstance());
            assertThat(known.getRevision()).isEqualTo(end);
            assertThat(hasAlarm(gateway)).isFalse();
            gateway.process().terminate();
        }
        copy("snapshot", "data");
        try (GatewayProcess gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED)) {
            while (register(gateway, 3, 1) < end) {
                assertThat(hasAlarm(gateway)).isFalse();
            }
            GetNodesResponse now = unlessKnown(gateway, known);
            assertThat(now.getRegistryId()).isEqualTo(known.getRegistryId());
            assertThat(now.getUnchanged()).isFalse();
            await().until(() -> hasAlarm(gateway));
            long regrown = register(gateway, 3, 4);
            catchUp(gateway, atTheSnapshot, regrown);
            assertThat(atTheSnapshot.resyncs())
                    .as("what it holds is still true")
                    .isZero();
            catchUp(gateway, atTheEnd, regrown);
            assertThat(atTheEnd.resyncs()).isEqualTo(1);
            assertThat(atTheEnd.view()).isEqualTo(atTheSnapshot.view());
        }
    }
}
