package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.HeldGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the process was started shows at once, not when it is too late. Planted bugs: SIGHUP heard only by {@code
 * follow()} (the process was gone); the answer of the JVM, that SIGHUP is ignored, thrown away; no look at the limit;
 * none at the key's mode, at the start or when it is reloaded.
 */
class StartWarningsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private static String printed(ChildProcess process) {
        return String.join("\n", process.lines());
    }

    @Test
    void sighup_whileTheGatewayStarts_waits_andReloadsOnceItRuns() throws Exception {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(List.of(NodeRange.parse("alpha:1-1")));
        Path goOn = dir.resolve("go-on");
        List<String> arguments = List.of(
                "--config",
                certs.configuration().toString(),
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                "0",
                "--console-port",
                "0");
        try (ChildProcess held = GatewayProcess.runBy(
                List.of(), "io.rollcall.server.HeldGateway", arguments, Map.of(HeldGateway.UNTIL, goOn.toString()))) {
            held.awaitLine(HeldGateway.HELD);
            held.hangUp();
            held.hangUp();
            assertThat(printed(held)).doesNotContain("SIGHUP");
            Files.createFile(goOn);
            held.awaitLine("Gateway ready:");
            await().atMost(PATIENCE).until(() -> printed(held).contains("Reloader SIGHUP: reading all files again"));
            await().atMost(PATIENCE).until(() -> printed(held)
                    .contains("alpha: the current trust bundle, revocation list and token keys are in force"));
            assertThat(held.terminate()).isZero();
        }
    }

    @Test
    void whatWillDoHarmLater_isSaidAtTheStart_withWhatToDo() throws Exception {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(List.of(NodeRange.parse("alpha:1-5"), NodeRange.parse("beta:1-5")));
        Path key = certs.dir().resolve("gateway/key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        try (GatewayProcess gateway = GatewayProcess.startBy(
                List.of("prlimit", "--nofile=700:700", "nohup"), dir, "--max-connections", "1000")) {
            assertThat(printed(gateway.process()))
                    .contains("WARN  Main SIGHUP is ignored in this process, as under nohup")
                    .contains("start it by setsid or a supervisor")
                    .contains("this process may open 700 files, and max-connections 1000 needs 1500")
                    .contains("raise the hard limit to 1500 (ulimit -Hn, LimitNOFILE), or lower max-connections to 200")
                    .contains("WARN  Main " + key + " is open to others than its owner (rw-r-----); run 'chmod go= "
                            + key);
        }
    }

    @Test
    void whatIsInOrder_isNotWarnedOf_andAKeyThatIsOpenWhenItIsReloaded_is() throws Exception {
        String[] small = {
            "--max-connections",
            "100",
            "--quota-connections",
            "100",
            "--quota-nodes",
            "100",
            "--quota-node-ids",
            "1000",
            "--quota-call-memory",
            "8MiB",
            "--quota-unread",
            "8MiB",
            "--quota-metadata",
            "1MiB"
        };
        try (GatewayProcess gateway = GatewayProcess.start(dir, small)) {
            assertThat(gateway.process().lines()).noneMatch(line -> line.contains(" WARN "));
            Path key = gateway.certs().dir().resolve("gateway/key.pem");
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw----r--"));
            gateway.process().hangUp();
            await().atMost(PATIENCE).until(() -> printed(gateway.process())
                    .contains("WARN  CertificateReload " + key + " is open to others than its owner (rw----r--)"));
        }
    }
}
