package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the gateway writes is its owner's alone, though the umask takes nothing away. Planted bugs: SQLite left to make
 * its own file; a data directory, a lock and a copy by the umask; what lies there already left as it is.
 */
class OwnerOnlyIT {
    private static final List<String> WITHOUT_UMASK = List.of("bash", "-c", "umask 000; exec \"$0\" \"$@\"");

    @TempDir
    private Path dir;

    /** Mode by name, of everything in the data directory. */
    private Map<String, String> modes() throws Exception {
        while (true) {
            Map<String, String> modes = new TreeMap<>();
            try (Stream<Path> files = Files.walk(dir.resolve("data"))) {
                for (Path file : files.toList()) {
                    modes.put(
                            dir.relativize(file).toString(),
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                }
                return modes;
            } catch (NoSuchFileException | UncheckedIOException e) {
                // A file of the audit log has just been sorted, or put in its place: once more.
                Throwable why = e instanceof UncheckedIOException ? e.getCause() : e;
                assertThat(why).isInstanceOf(NoSuchFileException.class);
                assertThat(dir.resolve("data")).isDirectory();
            }
        }
    }

    private void assertOwnerOnly(Map<String, String> modes) {
        modes.forEach((name, mode) ->
                assertThat(mode).as(name).isEqualTo(Files.isDirectory(dir.resolve(name)) ? "rwx------" : "rw-------"));
    }

    @Test
    void whatTheGatewayAndItsBackupWrite_andWhatLayOpenThere() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startBy(WITHOUT_UMASK, dir)) {
            assertThat(modes())
                    .containsKeys(
                            "data/registry.db",
                            "data/registry.db-wal",
                            "data/registry.db-shm",
                            "data/gateway.lock",
                            "data/audit/audit-000001.jsonl",
                            "data/console-admin-password",
                            "data/metrics-token");
            assertOwnerOnly(modes());
            try (ChildProcess backup = GatewayProcess.runBy(
                    WITHOUT_UMASK,
                    "io.rollcall.server.store.Backup",
                    List.of(
                            gateway.dataDir().toString(),
                            gateway.dataDir().resolve("copy.db").toString()),
                    Map.of())) {
                assertThat(backup.exitCode()).as(backup.lines().toString()).isZero();
            }
            assertThat(modes()).containsKey("data/copy.db");
            assertOwnerOnly(modes());
            gateway.process().kill();
            gateway.process().exitCode();
        }
        openAsAnEarlierBuildDid();
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            Map<String, String> modes = modes();
            assertThat(modes.remove("data")).isEqualTo("rwxr-xr-x");
            assertOwnerOnly(modes);
            Path data = gateway.dataDir();
            assertThat(gateway.process().lines())
                    .anyMatch(line -> line.contains("WARN  DataDirectory " + data
                            + " is open to others than its owner (rwxr-xr-x); run 'chmod go= " + data + "'"));
        }
    }

    /** The directory itself may be somebody's home: it is warned of. */
    private void openAsAnEarlierBuildDid() throws Exception {
        for (String name : List.of("data", "data/audit")) {
            Files.setPosixFilePermissions(dir.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (String name : List.of("registry.db", "registry.db-wal", "registry.db-shm", "gateway.lock")) {
            Files.setPosixFilePermissions(
                    dir.resolve("data").resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
        }
    }
}
