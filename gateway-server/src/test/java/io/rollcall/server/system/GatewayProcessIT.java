package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process itself: how it starts, what it says when it cannot, how it ends. */
class GatewayProcessIT {

    @Test
    @Tag("quick")
    void onSigterm_itEndsWithZero(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            assertThat(gateway.process().terminate()).isZero();
        }
    }

    @Test
    void whatIsWrongWithAConfiguration_isToldInOneList_withTheNearestNames(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("gateway.yaml");
        Files.writeString(file, """
                prot: 8090
                node-timeout: soon
                namespaces:
                  Alpha:
                    trust-bundel: ca.pem
                """);
        try (ChildProcess process = GatewayProcess.run(List.of("--config", file.toString()))) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(String.join("\n", process.lines()))
                    .contains("prot: unknown key; did you mean 'port'?")
                    .contains("node-timeout: 'soon' (expected a duration such as 4s, 5m or 30d)")
                    .contains("namespaces.Alpha.trust-bundel: unknown key; did you mean 'trust-bundle'?")
                    .contains("namespaces.Alpha.jwks: missing")
                    .contains("trust-domain: missing")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void anUnknownOption_isAnError_withTheNearestName() throws Exception {
        try (ChildProcess process = GatewayProcess.run(List.of("--nod-timeout", "5s"))) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(String.join("\n", process.lines())).contains("did you mean '--node-timeout'?");
        }
    }

    @Test
    void aDevelopmentCa_isRefused_unlessToldThatThisIsDevelopment(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            Path production = gateway.certs().configuration().resolveSibling("production.yaml");
            Files.writeString(
                    production,
                    Files.readString(gateway.certs().configuration()).replace("dev: true", "dev: false"));
            try (ChildProcess process = GatewayProcess.run(List.of(
                    "--config",
                    production.toString(),
                    "--port",
                    "0",
                    "--console-port",
                    "0",
                    "--data-dir",
                    dir.resolve("other").toString()))) {
                assertThat(process.exitCode()).isEqualTo(1);
                assertThat(String.join("\n", process.lines()))
                        .contains("development")
                        .contains("ca.pem");
            }
        }
    }

    @Test
    void aPortInUse_isSaid(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            try (ChildProcess second = GatewayProcess.run(List.of(
                    "--config",
                    gateway.certs().configuration().toString(),
                    "--port",
                    Integer.toString(gateway.port()),
                    "--console-port",
                    "0",
                    "--data-dir",
                    dir.resolve("other").toString()))) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(String.join("\n", second.lines())).contains("cannot listen on localhost:" + gateway.port());
            }
        }
    }
}
