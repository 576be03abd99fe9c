package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Member;
import io.rollcall.server.registry.AuditEnd.Lines;
import io.rollcall.server.store.SqliteStore;
import io.rollcall.server.system.AuditVerifyScript.Verdict;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * D1 for the record: the chain goes on over SIGKILL at any instant, that of sorting its closed files included, and over a
 * crash of the machine, which takes what was not forced to the disk; it knows of each change that was acknowledged.
 */
@Timeout(180)
class AuditCrashIT {
    private static final int CRASHES = 4;
    private static final String TORN = "{\"seq\":99999,\"time\":\"2026-01-31T12:00";

    @TempDir
    private Path dir;

    /** The incarnations that were acknowledged, with the revision of each. */
    private final Map<Long, Long> acknowledged = new ConcurrentSkipListMap<>();

    private long incarnation;
    /** How many lines the crashes of the machine took. */
    private int cutLines;

    /** Registers anew, again and again, until the gateway is gone. */
    private void registerOn(GatewayProcess gateway) throws Exception {
        Member node = gateway.certs().namespace("alpha").node(1);
        try (MemberChannel channel = new MemberChannel(gateway, node.credential(), node.token())) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
            while (true) {
                incarnation++;
                acknowledged.put(
                        incarnation,
                        stub.registerNode(RegisterNodeRequest.newBuilder()
                                        .setNodeId(1)
                                        .setIpAddress("10.0.0.1")
                                        .setPort(5000)
                                        .setIncarnation(incarnation)
                                        .build())
                                .getRevision());
            }
        } catch (StatusRuntimeException gone) {
            assertThat(gone.getStatus().getCode())
                    .as("%s", gone.getStatus())
                    .isIn(Status.Code.UNAVAILABLE, Status.Code.CANCELLED, Status.Code.UNKNOWN);
        }
    }

    private void crashUnderLoad(Random random) throws Exception {
        int before = acknowledged.size();
        try (GatewayProcess gateway = GatewayProcess.start(dir, crashOptions())) {
            CompletableFuture<Void> node = CompletableFuture.runAsync(() -> {
                try {
                    registerOn(gateway);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            // On a slow machine the first replies may take longer than all of the sleep.
            await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + 20 || node.isDone());
            Thread.sleep(300 + random.nextInt(700));
            gateway.process().kill();
            gateway.process().exitCode();
            node.join();
        }
    }

    /** Does what a crash of the machine may do to the log: its file ends anywhere behind what was forced to the disk. */
    private int loseWhatIsNotForced(Random random) throws Exception {
        List<Lines> unforced = SqliteStore.auditEnd(dir.resolve("data")).unforced();
        List<Path> files = new AuditLines(dir.resolve("data")).files();
        Path last = files.get(files.size() - 1);
        if (unforced.isEmpty()
                || !last.endsWith(String.format(
                        Locale.ROOT, "audit-%06d.jsonl", unforced.get(0).file()))) {
            return 0;
        }
        byte[] whole = Files.readAllBytes(last);
        int from = (int) unforced.get(0).position();
        int end = from + random.nextInt(whole.length - from);
        Files.write(last, Arrays.copyOf(whole, end));
        return (int) IntStream.range(end, whole.length)
                .filter(at -> whole[at] == '\n')
                .count();
    }

    private static String[] crashOptions() {
        return new String[] {
            "--audit-file-size", "16KiB", "--quota-changes", "1000000", "--quota-member-changes", "1000000"
        };
    }

    @Test
    void d1_theChainGoesOn_overSigkillAndRestart_andNoAcknowledgedChangeIsMissing() throws Exception {
        long seed = Long.getLong("rollcall.seed", System.nanoTime());
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        AuditVerifyScript script = new AuditVerifyScript(dir.resolve("root"));
        AuditLines audit = new AuditLines(dir.resolve("data"));
        for (int crash = 0; crash < CRASHES; crash++) {
            crashUnderLoad(random);
            cutLines += crash < CRASHES - 1 ? loseWhatIsNotForced(random) : 0;
        }
        assertThat(acknowledged).hasSizeGreaterThan(CRASHES);
        assertThat(cutLines).as("some crash of the machine took lines").isPositive();
        tear(audit);
        try (GatewayProcess gateway = GatewayProcess.start(dir, crashOptions())) {
            assertThat(gateway.process().lines())
                    .as("the gateway's own log tells of it")
                    .anyMatch(line -> line.endsWith(TORN.length() + " bytes of an unfinished line dropped"));
            await("all closed files are sorted")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> audit.files().size() == 1);
            assertThat(gateway.process().terminate()).isZero();
        }

        Verdict verdict = script.run(dir.resolve("data"));
        assertThat(verdict.exit()).as(verdict.said()).isZero();
        assertThat(audit.of("gateway-started")).hasSize(CRASHES + 1);
        assertThat(audit.of("gateway-stopped")).hasSize(1);
        assertThat(audit.of("chain-broken")).isEmpty();
        List<JsonNode> recovered = audit.of("recovered");
        assertThat(recovered).isNotEmpty();
        assertThat(recovered.get(recovered.size() - 1).get("dropped_bytes").asInt())
                .isEqualTo(TORN.length());

        assertThat(audit.kept("alpha")).as("files were sorted meanwhile").isNotEmpty();
        List<JsonNode> all = audit.all();
        assertThat(all).as("no line is missing").hasSize((int)
                all.get(all.size() - 1).get("seq").asLong());

        List<Long> onRecord = audit.of("change").stream()
                .map(line -> line.path("asked").path("incarnation").asLong())
                .toList();
        assertThat(onRecord).containsAll(acknowledged.keySet());
        // What stands on record beyond the store's revision at the next start was not committed: it was on its way.
        long last =
                acknowledged.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        List<JsonNode> opened = audit.of(
                "namespace-opened", line -> line.get("namespace").asText().equals("alpha"));
        assertThat(opened.get(opened.size() - 1).get("revision").asLong()).isGreaterThanOrEqualTo(last);
    }

    /** A crash of the whole machine may leave part of a line, which SIGKILL hardly ever does. */
    private void tear(AuditLines audit) throws Exception {
        List<Path> files = audit.files();
        Path last = files.get(files.size() - 1);
        String whole = Files.readString(last);
        Files.writeString(last, whole.substring(0, whole.lastIndexOf('\n') + 1));
        Files.writeString(last, TORN, StandardOpenOption.APPEND);
    }
}
