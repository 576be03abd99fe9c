package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** D3: where the gateway cannot keep what it acknowledges it does not start, and says what to do. */
class StartIT {
    @TempDir
    private Path dir;

    private Path database() {
        return dir.resolve("data/registry.db");
    }

    private void once() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            assertThat(gateway.process().terminate()).isZero();
        }
    }

    private List<String> arguments() {
        return List.of(
                "--config",
                dir.resolve("certs/gateway.yaml").toString(),
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                "0",
                "--console-port",
                "0");
    }

    private void refused(ChildProcess process, String... said) throws InterruptedException {
        try (process) {
            assertThat(process.exitCode()).isEqualTo(1);
            String printed = String.join("\n", process.lines());
            assertThat(printed).contains("The gateway cannot start:").contains(said);
            assertThat(printed).doesNotContain("\tat ");
        }
    }

    @Test
    void aDirectoryThatAnotherGatewayHolds_isRefused_sayingWhichOne() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            refused(
                    GatewayProcess.run(arguments()),
                    "is held by another gateway (process " + gateway.process().pid() + " since ",
                    "give this one another --data-dir");
            gateway.process().kill();
            gateway.process().exitCode();
        }
        once(); // a lock ends with its holder, however that ends
    }

    @Test
    void anAuditLogThatCannotBeWritten_isRefused_sayingWhatToDo() throws Exception {
        once();
        Files.move(dir.resolve("data/audit"), dir.resolve("data/elsewhere"));
        Files.writeString(dir.resolve("data/audit"), "a file where the directory should be");
        refused(
                GatewayProcess.run(arguments()),
                "the audit log " + dir.resolve("data/audit") + " cannot be written (NotDirectoryException)",
                "make room on its disk, or let the gateway's user write there");
    }

    @Test
    void aDevelopmentCa_whereNoneIsAccepted_isRefused() throws Exception {
        DevCerts.in(dir.resolve("certs")).issue(NodeRange.parse("alpha:1-1"));
        List<String> arguments = new ArrayList<>(arguments());
        arguments.addAll(List.of("--dev", "false"));
        refused(
                GatewayProcess.run(arguments),
                "trust bundle of alpha: ",
                "is a development CA; use the namespace's own, or start with --dev");
    }

    @Test
    void d3_aTruncatedStore_isRefused() throws Exception {
        once();
        byte[] whole = Files.readAllBytes(database());
        Files.write(database(), java.util.Arrays.copyOf(whole, whole.length / 2));
        refused(GatewayProcess.run(arguments()), "registry.db is damaged", "restore a backup");
    }

    @Test
    void d3_aStoreOfANewerGateway_isRefused() throws Exception {
        once();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        refused(GatewayProcess.run(arguments()), "written by a newer gateway (schema 99", "start that version");
    }

    @Test
    void d3_aDirectoryThatCannotBeWritten_isRefused() throws Exception {
        once();
        Files.setPosixFilePermissions(dir.resolve("data"), PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        readable(dir.resolve("certs"));
        refused(GatewayProcess.runAsNobody(arguments()), "data-dir: ", "let the gateway's user write there");
    }

    /** Certificates and keys are their owner's; nobody is to read these. */
    private static void readable(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }
}
