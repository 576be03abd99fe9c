package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.FailingStart;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever keeps the real gateway from starting ends it, with one sentence and without a trace: the next start in the same
 * directory finds it free, its store whole and its audit log with a last line.
 */
class StartFailureIT {
    @TempDir
    private Path dir;

    private DevCerts certs;

    @BeforeEach
    void mint() {
        certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(List.of(NodeRange.parse("alpha:1-5"), NodeRange.parse("beta:1-5")));
    }

    private Path data(String name) {
        return dir.resolve("data").resolve(name);
    }

    private List<String> arguments(int port, int consolePort) {
        return List.of(
                "--config",
                certs.configuration().toString(),
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                Integer.toString(port),
                "--console-port",
                Integer.toString(consolePort));
    }

    private void assertRefused(ChildProcess process, String... said) throws InterruptedException {
        try (process) {
            assertThat(process.exitCode()).isEqualTo(1);
            String printed = String.join("\n", process.lines());
            assertThat(printed).contains(said).doesNotContain("\tat ");
            assertThat(process.lines())
                    .filteredOn("The gateway cannot start:"::equals)
                    .hasSize(1);
        }
    }

    private void assertUndone() {
        assertThat(data("registry.db-wal")).doesNotExist();
        assertThat(data("registry.db-shm")).doesNotExist();
        assertAuditHasItsEnd();
    }

    private void assertAuditHasItsEnd() {
        assertThat(auditKinds()).startsWith("file-begun", "gateway-started").endsWith("gateway-stopped");
    }

    private List<String> auditKinds() {
        return new AuditLines(dir.resolve("data"))
                .all().stream().map(line -> line.get("event").asText()).toList();
    }

    private void assertStarts() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            assertThat(gateway.process().terminate()).isZero();
        }
    }

    @Test
    void theConsolesPortIsTaken_theNodesPortIsNeverOpened() throws Exception {
        int nodes = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            ChildProcess process = GatewayProcess.run(arguments(nodes, taken.getLocalPort()));
            CompletableFuture<Boolean> connected =
                    CompletableFuture.supplyAsync(() -> connectsBeforeItEnds(process, nodes));
            assertRefused(
                    process,
                    "the console cannot listen on localhost:" + taken.getLocalPort(),
                    "choose another with --host and --console-port");
            assertThat(connected.join()).isFalse();
        }
        assertUndone();
        assertStarts();
    }

    /** Below those that the system gives to whoever asks for any port: another test's gateway must not listen there. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName("localhost"))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                Thread.onSpinWait(); // then another
            }
        }
    }

    private static boolean connectsBeforeItEnds(ChildProcess process, int port) {
        while (process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("localhost", port));
                return true;
            } catch (IOException refused) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
        }
        return false;
    }

    @Tag("long")
    @Test
    void theNodesPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertRefused(
                    GatewayProcess.run(arguments(taken.getLocalPort(), 0)),
                    "cannot listen on localhost:" + taken.getLocalPort());
        }
        assertUndone();
        assertStarts();
    }

    @Tag("long")
    @Test
    void theStoreIsDamaged() throws Exception {
        assertStarts();
        byte[] whole = Files.readAllBytes(data("registry.db"));
        Files.write(data("registry.db"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertRefused(GatewayProcess.run(arguments(0, 0)), "registry.db is damaged", "restore a backup");
        // SQLite's look that changes nothing leaves an empty log; only a connection that may write would delete it.
        assertThat(data("registry.db-wal"))
                .satisfiesAnyOf(none -> assertThat(none).doesNotExist(), empty -> assertThat(empty)
                        .isEmptyFile());
        assertAuditHasItsEnd();
        Files.write(data("registry.db"), whole);
        assertStarts();
    }

    @Test
    void anErrorInTheMiddle_endsTheProcess() throws Exception {
        assertRefused(failing(FailingStart.How.LINKAGE), "unexpected java.lang.NoClassDefFoundError: in/a/Test at ");
        assertUndone();
    }

    /** As everywhere: without memory nothing is tried any more, and what is on the disk is as after a crash. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"HEAP", "THREADS"})
    void withoutMemory_theProcessEnds(String how) throws Exception {
        try (ChildProcess process = failing(FailingStart.How.valueOf(how))) {
            assertThat(process.exitCode()).isEqualTo(3);
            assertThat(process.lines())
                    .anyMatch(line -> line.startsWith("The gateway is out of memory and ends with exit code 3"))
                    .noneMatch(line -> line.startsWith("\tat "));
        }
        assertStarts();
        assertThat(auditKinds()).endsWith("gateway-stopped");
    }

    private ChildProcess failing(FailingStart.How how) {
        return GatewayProcess.runBy(
                List.of(), "io.rollcall.server.FailingStart", arguments(0, 0), Map.of(FailingStart.HOW, how.name()));
    }

    @Test
    void aTemporaryDirectoryThatIsNone_isNamed_andNothingIsOpened() throws Exception {
        nativeLibraryFails(Files.createFile(dir.resolve("file")), "java.io.tmpdir", "SQLite");
    }

    @Tag("long")
    @Test
    void aSwitchOfTheTlsLibrary_isNamed() throws Exception {
        nativeLibraryFails(Files.createFile(dir.resolve("file")), "io.netty.native.workdir", "netty-tcnative");
    }

    @Tag("long")
    @Test
    void aSwitchOfTheStoresLibrary_isNamed() throws Exception {
        nativeLibraryFails(Files.createFile(dir.resolve("file")), "org.sqlite.tmpdir", "SQLite");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"java.io.tmpdir", "io.netty.native.workdir", "org.sqlite.tmpdir"})
    void aDirectoryMountedWithNoexec_isNamed(String property) throws Exception {
        try (SmallDisk disk = new SmallDisk(dir.resolve("noexec"), "32m,noexec")) {
            String library = property.startsWith("org") ? "SQLite" : "netty-tcnative";
            nativeLibraryFails(dir.resolve("noexec"), property, library);
        }
    }

    private void nativeLibraryFails(Path directory, String property, String library) throws Exception {
        List<String> jvm = List.of("-XX:+ExitOnOutOfMemoryError", "-D" + property + "=" + directory);
        String[] named = {
            "the native library of " + library, directory.toString(), "-D" + property + "=", "-Djava.io.tmpdir=DIR"
        };
        ChildProcess process = GatewayProcess.runJvm(jvm, arguments(0, 0));
        assertRefused(process, named);
        assertThat(process.lines()).noneMatch(line -> line.contains("registry.db"));
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void aBackupWithoutItsNativeLibrary_isRefused_andTheStoreNotBlamed() throws Exception {
        Files.createDirectories(dir.resolve("data"));
        Files.write(data("registry.db"), new byte[0]);
        Path file = Files.createFile(dir.resolve("file"));
        try (ChildProcess backup = GatewayProcess.tool(
                "store.Backup",
                List.of("-Djava.io.tmpdir=" + file),
                List.of(dir.resolve("data").toString(), dir.resolve("copy").toString()))) {
            assertThat(backup.exitCode()).isEqualTo(1);
            assertThat(backup.lines())
                    .singleElement()
                    .asString()
                    .startsWith("No backup was made: the native library of SQLite")
                    .contains("-Djava.io.tmpdir=DIR")
                    .doesNotContain("registry.db");
        }
    }

    /** 1 would say that the log was tampered with. */
    @Test
    void anAuditVerifierThatLacksAJar_saysThatNothingWasChecked() throws Exception {
        List<String> bare = new ArrayList<>();
        Path target = Path.of("target").toAbsolutePath();
        bare.add(target.resolve("rollcall-gateway-server.jar").toString());
        try (var jars = Files.list(target.resolve("lib"))) {
            jars.map(Path::toString).filter(jar -> !jar.contains("jackson")).forEach(bare::add);
        }
        Files.createDirectories(dir.resolve("data/audit"));
        try (ChildProcess verifier = ChildProcess.java(
                String.join(":", bare),
                "io.rollcall.server.audit.AuditVerify",
                List.of(dir.resolve("data").toString()))) {
            assertThat(verifier.exitCode()).isEqualTo(3);
            assertThat(verifier.lines())
                    .singleElement()
                    .asString()
                    .startsWith("audit-verify: unexpected java.lang.NoClassDefFoundError: com/fasterxml/jackson/");
        }
    }
}
