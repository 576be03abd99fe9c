package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.devcerts.Member;
import io.rollcall.server.system.AuditVerifyScript.Verdict;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit log's files under a locale with other digits, cut while the gateway runs, and cut while it does not. */
@Timeout(180)
class AuditChangedIT {
    @TempDir
    private Path dir;

    private static void register(GatewayProcess gateway, long incarnation) throws Exception {
        Member node = gateway.certs().namespace("alpha").node(1);
        try (MemberChannel channel = new MemberChannel(gateway, node.credential(), node.token())) {
            var unused = GatewayServiceGrpc.newBlockingStub(channel.channel())
                    .registerNode(RegisterNodeRequest.newBuilder()
                            .setNodeId(1)
                            .setIpAddress("10.0.0.1")
                            .setPort(5000)
                            .setIncarnation(incarnation)
                            .build());
        }
    }

    private static void cut(Path file, long length) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static String awaitLog(GatewayProcess gateway, String part) {
        return Awaitility.await("the log says: " + part)
                .until(
                        () -> gateway.process().lines().stream()
                                .filter(line -> line.contains(part))
                                .toList(),
                        lines -> !lines.isEmpty())
                .get(0);
    }

    @Test
    void underALocaleWithOtherDigits_theFilesAreNamedAsEver_andGoOnAfterARestart() throws Exception {
        assertGoesOnUnder("-Duser.language=ar -Duser.country=EG");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Duser.language=th -Duser.country=TH -Duser.extensions=u-nu-thai",
                "-Duser.language=fa -Duser.country=IR",
                "-Duser.language=tr -Duser.country=TR"
            })
    void underOtherLocales_too(String properties) throws Exception {
        assertGoesOnUnder(properties);
    }

    private void assertGoesOnUnder(String properties) throws Exception {
        Map<String, String> locale = Map.of("JAVA_TOOL_OPTIONS", properties, "LC_ALL", "C.UTF-8");
        AuditLines audit = new AuditLines(dir.resolve("data"));
        String before;
        try (GatewayProcess gateway = GatewayProcess.start(dir, locale)) {
            register(gateway, 1);
            before = audit.text();
            gateway.process().kill();
            gateway.process().exitCode();
        }
        try (GatewayProcess gateway = GatewayProcess.start(dir, locale)) {
            register(gateway, 2);
            assertThat(gateway.process().terminate()).isZero();
        }
        try (Stream<Path> files = Files.list(audit.directory())) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .containsExactly("audit-000001.jsonl");
        }
        assertThat(audit.text()).startsWith(before).matches("[\\x00-\\x7f]*");
        assertThat(audit.of("change")).hasSize(2);
        Verdict verdict = new AuditVerifyScript(dir.resolve("root")).run(dir.resolve("data"));
        assertThat(verdict.exit()).as(verdict.said()).isZero();
    }

    @Test
    void filesThatAnEarlierVersionNamedInOtherDigits_areNeverWrittenOver_andTheStartSaysWhatToDo() throws Exception {
        Path data;
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            data = gateway.dataDir();
            register(gateway, 1);
            assertThat(gateway.process().terminate()).isZero();
        }
        // U+0660 … U+0661 in UTF-8, by a shell: this JVM's own locale may not be able to write such a name.
        String arabic = "audit-" + "\\331\\240".repeat(5) + "\\331\\241.jsonl";
        Process move = new ProcessBuilder(
                        "sh", "-c", "mv audit-000001.jsonl \"$(printf '" + arabic + "')\" && cat audit-*.jsonl | wc -c")
                .directory(data.resolve("audit").toFile())
                .start();
        long bytes = Long.parseLong(new String(move.getInputStream().readAllBytes()).strip());
        assertThat(move.waitFor()).isZero();
        try (ChildProcess refused = GatewayProcess.run(List.of(
                "--config",
                dir.resolve("certs/gateway.yaml").toString(),
                "--data-dir",
                data.toString(),
                "--port",
                "0",
                "--console-port",
                "0"))) {
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(String.join("\n", refused.lines()))
                    .contains("is a file of the log with digits of another language in its name")
                    .contains("rename it so, else keep it elsewhere");
        }
        Process count = new ProcessBuilder("sh", "-c", "cat audit-*.jsonl | wc -c")
                .directory(data.resolve("audit").toFile())
                .start();
        assertThat(Long.parseLong(new String(count.getInputStream().readAllBytes()).strip()))
                .isEqualTo(bytes)
                .isPositive();
    }

    @Test
    void aFileThatIsCutWhileTheGatewayRuns_isAnAlarm_andChangesGoOnInAnother() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            AuditLines audit = new AuditLines(gateway.dataDir());
            Path first = audit.files().get(0);
            register(gateway, 1);
            cut(first, 0);
            register(gateway, 2);
            assertThat(Files.size(first)).as("nothing is written into a hole").isZero();
            // Who sorts the files may say first that it is not as it was written, in other words.
            assertThat(awaitLog(gateway, "the log goes on in another file, which says so"))
                    .contains("the audit log is not as it was written")
                    .contains("audit-000001.jsonl holds 0 bytes, but ");
            JsonNode broken = audit.of("chain-broken").get(0);
            assertThat(broken.get("file").asText()).isEqualTo("audit-000001.jsonl");
            assertThat(broken.get("bytes_found").asLong()).isZero();
            assertThat(audit.of("change")).singleElement().satisfies(line -> assertThat(
                            line.get("asked").get("incarnation").asLong())
                    .isEqualTo(2));
            assertThat(gateway.process().terminate()).isZero();
        }
        Verdict verdict = new AuditVerifyScript(dir.resolve("root")).run(dir.resolve("data"));
        assertThat(verdict.exit()).isEqualTo(1);
        assertThat(verdict.said()).contains("audit-000002.jsonl:1").contains("does not follow on line 0");
    }

    @Test
    void aLogThatEndsBeforeWhatTheStoreKnowsOf_isToldAtTheStart() throws Exception {
        AuditLines audit = new AuditLines(dir.resolve("data"));
        Path file;
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            register(gateway, 1);
            file = audit.files().get(0);
            register(gateway, 2);
            gateway.process().kill();
            gateway.process().exitCode();
        }
        // The last lines alone would be written again, from the store.
        List<String> lines = Files.readAllLines(file);
        Files.writeString(file, lines.get(0) + "\n");
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            String told = "it ended with line 1 at the start, but the store knows of a line ";
            awaitLog(gateway, told);
            assertThat(audit.of("chain-broken")).singleElement().satisfies(line -> {
                assertThat(line.get("message").asText()).startsWith(told);
                assertThat(line.get("store_head").asText()).matches("\\d+:[0-9a-f]{64}");
            });
            register(gateway, 3);
            assertThat(gateway.process().terminate()).isZero();
        }
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            assertThat(audit.of("chain-broken")).as("told once").hasSize(1);
        }
    }
}
