package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In the locale {@code C}, as many a service has it, the JVM can name no file beyond ASCII. That is said with the
 * remedy, wherever the path came from. Planted bugs: {@code Path.of} and {@code resolve} on what people wrote.
 */
class UnnameablePathIT {
    private static final String REMEDY =
            "cannot name files with, in the encoding ANSI_X3.4-1968 of its locale; start it with LC_ALL=C.UTF-8";

    @TempDir
    private Path dir;

    private Path folder;
    private Path yaml;

    @BeforeEach
    void make() throws Exception {
        folder = dir.resolve("Daten\u00e4\u4e2d");
        DevCerts certs = DevCerts.in(folder.resolve("certs"));
        certs.issue(List.of(NodeRange.parse("alpha:1-1")));
        yaml = certs.configuration();
    }

    private static ChildProcess gateway(List<String> before, Object... arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        return GatewayProcess.runBy(before, GatewayProcess.MAIN, texts, Map.of("LC_ALL", "C"));
    }

    private static void refused(ChildProcess process, int code, String... said) throws Exception {
        try (process) {
            assertThat(process.exitCode()).isEqualTo(code);
            String printed = String.join("\n", process.lines());
            assertThat(printed).contains(said).contains(REMEDY);
            assertThat(printed).doesNotContain("\tat ").doesNotContain("Exception");
        }
    }

    @Test
    void theConfigurationsPath() throws Exception {
        refused(gateway(List.of(), "--config", yaml), 2, "Invalid value for option '--config': '");
    }

    @Test
    void aSettingOnTheCommandLine() throws Exception {
        Path plain = Files.createDirectories(dir.resolve("plain")).resolve("gateway.yaml");
        Files.writeString(plain, Files.readString(yaml));
        refused(gateway(List.of(), "--config", plain, "--data-dir", folder), 2, "data-dir: '");
    }

    @Test
    void everyPathInTheFile_isNamed() throws Exception {
        Path plain = Files.createDirectories(dir.resolve("plain")).resolve("gateway.yaml");
        Files.writeString(
                plain,
                Files.readString(yaml)
                        .replace("alpha/ca.pem", "\u00e4/ca.pem\n    crl: \u00e4/crl.pem")
                        .replace("alpha/jwks.json", "\u00e4/jwks.json")
                        .replace("gateway/key.pem", "\u00e4/key.pem"));
        refused(
                gateway(List.of(), "--config", plain),
                2,
                "namespaces.alpha.trust-bundle: '",
                "namespaces.alpha.crl: '",
                "namespaces.alpha.jwks: '",
                "key: '");
    }

    @Test
    void aPlainPath_inAWorkingDirectoryThatCannotBeNamed() throws Exception {
        refused(
                gateway(List.of("env", "-C", folder.toString()), "--config", "certs/gateway.yaml"),
                2,
                "'certs/gateway.yaml' (relative to a directory whose name has characters");
    }

    @Test
    void theToolsBesideTheGateway() throws Exception {
        Map<String, String> c = Map.of("LC_ALL", "C");
        String data = folder.resolve("data").toString();
        refused(
                GatewayProcess.runBy(List.of(), "io.rollcall.server.store.Backup", List.of(data, "copy.db"), c),
                2,
                "No backup was made: a path has characters");
        refused(
                GatewayProcess.runBy(List.of(), "io.rollcall.server.audit.AuditVerify", List.of(data), c),
                2,
                "audit-verify: the directory has characters");
    }

    @Test
    void withTheRemedy_itStarts() throws Exception {
        try (ChildProcess gateway = GatewayProcess.runBy(
                List.of(),
                GatewayProcess.MAIN,
                List.of(
                        "--config",
                        yaml.toString(),
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--port",
                        "0",
                        "--console-port",
                        "0"),
                Map.of("LC_ALL", "C.UTF-8"))) {
            gateway.awaitLine("Gateway ready:");
            assertThat(folder.resolve("data/registry.db")).exists();
        }
    }
}
