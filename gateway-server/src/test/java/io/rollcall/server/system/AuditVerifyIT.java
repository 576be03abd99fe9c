package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.Member;
import io.rollcall.server.system.AuditVerifyScript.Verdict;
import io.rollcall.server.testing.CompressedText;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/audit-verify} on what the real process wrote, whole and tampered with. */
class AuditVerifyIT {
    private static final Pattern HEAD = Pattern.compile("audit log: .*head (\\d+:[0-9a-f]{64})");

    /** What was written into each directory, before it is copied and tampered with. */
    @TempDir
    private static Path dir;

    private static AuditVerifyScript script;
    private static AuditLines written;
    /** As the gateway told them in its own log, in the order of their numbers; the last is that of its end. */
    private static List<String> heads;

    private static long incarnation;

    private AuditLines audit;

    @BeforeAll
    static void write() throws Exception {
        script = new AuditVerifyScript(dir.resolve("root"));
        try (GatewayProcess gateway = GatewayProcess.start(dir, "--audit-file-size", "8KiB")) {
            register(gateway, 60);
            written = new AuditLines(gateway.dataDir());
            await("all closed files are sorted").until(() -> written.files().size() == 1);
            assertThat(gateway.process().terminate()).isZero();
            long lines = written.all().size();
            await().until(() -> {
                heads = told(gateway);
                return head().startsWith(lines + ":");
            });
        }
        assertThat(written.kept("alpha")).hasSizeGreaterThan(3);
    }

    private static List<String> told(GatewayProcess gateway) {
        return gateway.process().lines().stream()
                .map(HEAD::matcher)
                .filter(Matcher::find)
                .map(told -> told.group(1))
                .toList();
    }

    private static void register(GatewayProcess gateway, int times) throws Exception {
        Member node = gateway.certs().namespace("alpha").node(1);
        try (MemberChannel channel = new MemberChannel(gateway, node.credential(), node.token())) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
            for (int i = 1; i <= times; i++) {
                incarnation++;
                stub.registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(1)
                        .setIpAddress("10.0.0.1")
                        .setPort(5000)
                        .setIncarnation(incarnation)
                        .build());
            }
        }
    }

    @BeforeEach
    void copy(TestInfo test) throws IOException {
        Path copy = dir.resolve(test.getTestMethod().orElseThrow().getName());
        try (Stream<Path> files = Files.walk(written.directory())) {
            for (Path file : files.toList()) {
                Path to = copy.resolve("audit").resolve(written.directory().relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
        audit = new AuditLines(copy);
    }

    private static String head() {
        return heads.get(heads.size() - 1);
    }

    /** One of the files with alpha's lines, from 1 on. */
    private Path file(int number) {
        return audit.kept("alpha").get(number - 1);
    }

    private String name(int number) {
        return audit.directory().relativize(file(number)).toString();
    }

    private interface Tampering {
        void with(List<String> lines);
    }

    private void tamper(Path file, Tampering how) throws IOException {
        List<String> lines = new ArrayList<>(CompressedText.lines(file));
        how.with(lines);
        CompressedText.write(file, lines);
    }

    private void assertFound(String where, String what, Object... more) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(audit.directory()));
        arguments.addAll(List.of(more));
        Verdict verdict = script.run(arguments.toArray());
        assertThat(verdict.said())
                .startsWith("The audit log does not verify: ")
                .contains(audit.directory().resolve(where).toString())
                .contains(what);
        assertThat(verdict.exit()).isEqualTo(1);
    }

    @Test
    void whatWasWritten_fits_overAllItsFiles_withAndWithoutAHead() throws Exception {
        Verdict plain = script.run(audit.directory().getParent());
        assertThat(plain.exit()).as(plain.said()).isZero();
        assertThat(plain.said())
                .contains(audit.directory() + " fits: " + audit.all().size() + " lines");
        assertThat(plain.head()).isEqualTo(head());
        assertThat(heads).hasSizeGreaterThan(written.kept("gateway").size());
        assertThat(plain.said())
                .contains("alpha is kept from line ", "gateway is kept from line 1 of ", "The end is unproven");
        for (String earlier : heads) {
            Verdict verdict = script.run(audit.directory(), "--head", earlier);
            assertThat(verdict.exit()).as(verdict.said()).isZero();
            assertThat(verdict.said()).doesNotContain("unproven");
        }
    }

    @Test
    void anEditedLine_isFound() throws Exception {
        tamper(file(2), lines -> lines.set(4, lines.get(4).replace("10.0.0.1", "10.0.0.2")));
        assertFound(name(2) + ":5", "its hash is not that of its text");
    }

    @Test
    void aDeletedLine_isFound() throws Exception {
        tamper(file(2), lines -> lines.remove(4));
        assertFound(name(2) + ":5", "does not follow on line");
    }

    @Test
    void twoLinesInTheWrongOrder_areFound() throws Exception {
        tamper(file(2), lines -> Collections.swap(lines, 4, 5));
        assertFound(name(2) + ":5", "does not follow on line");
    }

    @Test
    void aCutEnd_isFoundByTheHead_thatWasKeptElsewhere() throws Exception {
        Path last = audit.files().get(audit.files().size() - 1);
        int whole = audit.all().size();
        tamper(last, lines -> lines.remove(lines.size() - 1));
        assertThat(script.run(audit.directory()).exit())
                .as("a shorter log fits by itself")
                .isZero();
        assertFound(
                last.getFileName() + ":end",
                "the log ends with line " + (whole - 1) + ", but there was a line " + whole,
                "--head=" + head());
        Files.delete(last);
        assertFound("", "no audit-000001.jsonl or later is there", "--head", head());
    }

    @Test
    void anUnfinishedEnd_isFound_whenItStaysSo() throws Exception {
        Path last = audit.files().get(audit.files().size() - 1);
        Files.writeString(last, "{\"seq\":", StandardOpenOption.APPEND);
        assertFound(last.getFileName() + ":" + Files.readAllLines(last).size(), "the line has no end");
    }

    @Test
    void aMissingFile_isFound_firstOrInTheMiddle() throws Exception {
        Path aside = dir.resolve("aside");
        Path second = file(2);
        String third = name(3);
        Files.move(second, aside);
        assertFound(third + ":1", "does not follow on line");
        Files.move(aside, second);
        String first = name(1);
        Files.delete(file(1));
        assertFound(first, "is missing, though the log says it is kept");
    }

    @Test
    void whileTheGatewayRuns_andDeletesOldLines_theLogFits() throws Exception {
        Path elsewhere = dir.resolve("running");
        try (GatewayProcess gateway = GatewayProcess.start(
                elsewhere,
                "--audit-file-size",
                "4KiB",
                "--audit-max-size",
                "16KiB",
                "--quota-member-changes",
                "1000")) {
            AuditLines running = new AuditLines(gateway.dataDir());
            register(gateway, 3);
            String early = script.run(gateway.dataDir()).head();
            while (running.of("record-cut").isEmpty()) {
                register(gateway, 60);
            }
            Verdict verdict = script.run(gateway.dataDir());
            assertThat(verdict.exit()).as(verdict.said()).isZero();
            assertThat(verdict.said()).containsPattern("is kept from line .* are deleted, on record");
            await("all closed files are sorted").until(() -> running.files().size() == 1);
            Verdict tooOld = script.run(gateway.dataDir(), "--head", early);
            assertThat(tooOld.said()).contains("is no longer kept, so the head cannot be compared");
            assertThat(tooOld.exit()).isEqualTo(1);
        }
    }

    @Test
    void badArguments_areSaidSo() throws Exception {
        assertThat(script.run(audit.directory(), "--head", "17:abc")).satisfies(verdict -> {
            assertThat(verdict.exit()).isEqualTo(2);
            assertThat(verdict.said()).contains("expected a directory and, perhaps, a head such as 17:");
        });
        assertThat(script.run(dir.resolve("nowhere"))).satisfies(verdict -> {
            assertThat(verdict.exit()).isEqualTo(2);
            assertThat(verdict.said()).startsWith("audit-verify: ");
            assertThat(verdict.said()).contains("is no directory");
        });
        assertThat(script.run().exit()).isEqualTo(2);
        assertThat(script.run("--nonsense", audit.directory()).said()).contains("unknown option --nonsense");
        assertThat(script.run("--help").exit()).isZero();
    }
}
