package io.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.ConnectionConfig.Http2Limits;
import io.rollcall.server.config.ConnectionConfig.TlsLimits;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final String LEAST = """
            certificate: tls/cert.pem
            key: tls/key.pem
            trust-domain: example.org
            namespaces:
              alpha:
                trust-bundle: alpha/ca.pem
                jwks: alpha/jwks.json
                issuer: https://issuer.example.org
            """;

    @TempDir
    private Path dir;

    @Test
    void defaults() throws IOException {
        GatewayConfig config = read(LEAST);
        assertThat(config.host()).isEqualTo("localhost");
        assertThat(config.port()).isEqualTo(8090);
        assertThat(config.consolePort()).isEqualTo(8443);
        assertThat(config.dataDir()).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(config.logLevel()).isEqualTo("info");
        assertThat(config.leases().heartbeatInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.leases().suspectAfter()).isEqualTo(Duration.ofSeconds(75));
        assertThat(config.leases().nodeTimeout()).isEqualTo(Duration.ofSeconds(300));
        assertThat(config.leases().failedRetention()).isEqualTo(Duration.ofHours(1));
        assertThat(config.leases().streamGrace()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.identity().dev()).isFalse();
        assertThat(config.identity().audience()).isEqualTo("rollcall-gateway");
        assertThat(config.identity().maxTokenLifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(config.identity().keyRefresh()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.identity().keyOutageTolerance()).isEqualTo(Duration.ofHours(1));
        assertThat(config.identity().namespaces().get(0).crl()).isEmpty();
        assertThat(config.connections())
                .isEqualTo(new ConnectionConfig(
                        20_000,
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        new TlsLimits("1.2", Duration.ofSeconds(10), 16_384),
                        new Http2Limits(
                                100,
                                8_192,
                                65_536,
                                500,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(20))));
    }

    @Test
    void aSettingThatNeedsARestart_isNamed_andOneThatIsLiveIsNot() throws IOException {
        GatewayConfig before = read(LEAST + "port: 1\n");
        GatewayConfig after = read(LEAST + "port: 2\nlog-level: debug\naudience: other\nnode-timeout: 10m\n");

        assertThat(before.whatNeedsARestart(after)).containsExactly("port", "node-timeout");
        assertThat(before.whatNeedsARestart(before)).isEmpty();
    }

    @Test
    void aWindowOfResets_isOfWholeSeconds() {
        assertThatThrownBy(() -> read(LEAST + "reset-window: 1500ms\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("reset-window: 1500ms (expected: whole seconds)");
    }

    @Test
    void anEmptyCrl_isAMistake() {
        assertThatThrownBy(() -> read(LEAST + "    crl:\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("namespaces.alpha.crl: expected a file");
    }

    @Test
    void everyKey() throws IOException {
        GatewayConfig config = read(LEAST + "    crl: alpha/crl.pem\n    require-token-binding: false\n" + """
                dev: true
                host: 0.0.0.0
                port: 1
                console-port: 2
                data-dir: kept
                log-level: debug
                heartbeat-interval: 1s
                suspect-after: 1.5s
                node-timeout: 4s
                failed-retention: 10m
                stream-grace: 3s
                audience: other
                max-token-lifetime: 31d
                jwks-refresh: 5s
                jwks-outage-tolerance: 10m
                max-connection-age: 2h
                max-connection-age-grace: 1m
                max-connections: 7
                tls-min-version: 1.3
                handshake-timeout: 3s
                max-certificate-chain-size: 20KiB
                max-calls-per-connection: 8
                max-header-size: 5KiB
                max-message-size: 128KiB
                max-resets: 9000
                reset-window: 11s
                client-ping-interval: 12s
                ping-interval: 13s
                ping-timeout: 14s
                """);
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isEqualTo(1);
        assertThat(config.consolePort()).isEqualTo(2);
        assertThat(config.dataDir()).isEqualTo(dir.resolve("kept"));
        assertThat(config.logLevel()).isEqualTo("debug");
        assertThat(config.certificate()).isEqualTo(dir.resolve("tls/cert.pem"));
        assertThat(config.key()).isEqualTo(dir.resolve("tls/key.pem"));
        assertThat(config.leases())
                .isEqualTo(new LeaseConfig(
                        Duration.ofSeconds(1),
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(4),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(3)));
        assertThat(config.connections())
                .isEqualTo(new ConnectionConfig(
                        7,
                        Duration.ofHours(2),
                        Duration.ofMinutes(1),
                        new TlsLimits("1.3", Duration.ofSeconds(3), 20_480),
                        new Http2Limits(
                                8,
                                5_120,
                                131_072,
                                9_000,
                                Duration.ofSeconds(11),
                                Duration.ofSeconds(12),
                                Duration.ofSeconds(13),
                                Duration.ofSeconds(14))));
        assertThat(config.identity())
                .isEqualTo(new IdentityConfig(
                        true,
                        "example.org",
                        "other",
                        Duration.ofDays(31),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(10),
                        List.of(new NamespaceConfig(
                                new NamespaceName("alpha"),
                                dir.resolve("alpha/ca.pem"),
                                Optional.of(dir.resolve("alpha/crl.pem")),
                                KeySetConfig.at(dir.resolve("alpha/jwks.json").toUri()),
                                Optional.of("https://issuer.example.org"),
                                false))));
    }

    @Test
    void quotas_areTheSame_unlessANamespaceSaysOtherwise() throws IOException {
        NamespaceName alpha = new NamespaceName("alpha");
        assertThat(read(LEAST).quotas())
                .isEqualTo(Map.of(
                        alpha,
                        new Quotas(
                                10_000, 100_000, 10_000, 25_000, 128 << 20, 64 << 20, 10_000, 16 << 20, 200, 500, 1)));
        assertThat(read(LEAST + "    quotas: {nodes: 5, reads: 7}\n" + """
                quota-nodes: 3
                quota-node-ids: 9
                quota-connections: 4
                quota-calls: 10
                quota-call-memory: 128KiB
                quota-unread: 64KiB
                quota-watchers: 0
                quota-metadata: 6KiB
                quota-changes: 8
                quota-member-changes: 3
                """).quotas())
                .isEqualTo(Map.of(alpha, new Quotas(5, 9, 4, 10, 131_072, 65_536, 0, 6_144, 8, 7, 3)));
    }

    @Test
    void theAuditLog_isKeptByTimeAndSize() throws IOException {
        assertThat(read(LEAST).audit()).isEqualTo(new AuditConfig(64 << 20, 2L << 30, Duration.ofDays(30)));
        assertThat(read(LEAST + "audit-file-size: 1MiB\naudit-max-size: 4MiB\naudit-kept-for: 2d\n")
                        .audit())
                .isEqualTo(new AuditConfig(1 << 20, 4 << 20, Duration.ofDays(2)));
        assertThatThrownBy(() -> read(LEAST + "audit-max-size: 255MiB\n"))
                .hasMessageContaining("audit-max-size: 267386880 bytes (expected: at least 4 times audit-file-size");
        assertThatThrownBy(() -> read(LEAST + "audit-files-kept: 30\n"))
                .hasMessageContaining("audit-files-kept: unknown key");
    }

    @Test
    void mistakesInQuotas_areTold() {
        assertThatThrownBy(() -> read(LEAST + "    quotas: {node: 5, reads: none}\n"))
                .hasMessageContaining("namespaces.alpha.quotas.node: unknown key; did you mean 'nodes'?")
                .hasMessageContaining("namespaces.alpha.quotas.reads: 'none' (expected a number in 1..10000000)");
    }

    @Test
    void theCommandLine_winsOverTheFile() throws IOException {
        Path file = Files.writeString(dir.resolve("gateway.yaml"), LEAST + "port: 1\n");
        assertThat(ConfigReader.read(file, Map.of("port", "2")).port()).isEqualTo(2);
    }

    @Test
    void keysByHttps_areAnAddress_andByHttpAreRefused() throws IOException {
        GatewayConfig config = read(LEAST.replace("alpha/jwks.json", "https://keys.example.org/jwks"));
        assertThat(config.identity().namespaces().get(0).jwks().address())
                .isEqualTo(URI.create("https://keys.example.org/jwks"));
        assertThatThrownBy(() -> read(LEAST.replace("alpha/jwks.json", "http://keys.example.org/jwks")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected a file or an https address");
    }

    @Test
    void keysByHttps_mayHaveACaOfTheirOwn_andKeysInAFileMayNot() throws IOException {
        String https = LEAST.replace("alpha/jwks.json", "https://keys.example.org/jwks");
        NamespaceConfig namespace = read(https + "    jwks-ca: keys/ca.pem\n")
                .identity()
                .namespaces()
                .get(0);
        assertThat(namespace.jwks().authorities()).hasValue(dir.resolve("keys/ca.pem"));
        assertThat(namespace.files()).containsExactly(dir.resolve("alpha/ca.pem"), dir.resolve("keys/ca.pem"));
        assertThatThrownBy(() -> read(LEAST + "    jwks-ca: keys/ca.pem\n"))
                .hasMessage("namespaces.alpha.jwks-ca: 'keys/ca.pem' (expected only where jwks is an https address)");
        assertThatThrownBy(() -> read(https + "    jwks-ca: ''\n"))
                .hasMessage("namespaces.alpha.jwks-ca: expected a file, or leave the key out");
    }

    @Test
    void theAlgorithmOfRsaKeys_isASetting() throws IOException {
        assertThat(read(LEAST).identity().namespaces().get(0).jwks().rsaAlgorithm())
                .isEqualTo("RS256");
        assertThat(read(LEAST + "    jwks-rsa-algorithm: PS512\n")
                        .identity()
                        .namespaces()
                        .get(0)
                        .jwks()
                        .rsaAlgorithm())
                .isEqualTo("PS512");
        assertThatThrownBy(() -> read(LEAST + "    jwks-rsa-algorithm: HS256\n"))
                .hasMessage("namespaces.alpha.jwks-rsa-algorithm: 'HS256' (expected one of [RS256, RS384, RS512, PS256,"
                        + " PS384, PS512])");
    }

    @Test
    void anIssuer_mayBeLeftOut_onlyWhereNoBindingIsRequired() throws IOException {
        String none = LEAST.replace("    issuer: https://issuer.example.org\n", "");
        assertThat(read(none + "    require-token-binding: false\n")
                        .identity()
                        .namespaces()
                        .get(0)
                        .issuer())
                .isEmpty();
        assertThatThrownBy(() -> read(none)).hasMessage("namespaces.alpha.issuer: missing");
        assertThatThrownBy(() -> read(none + "    require-token-binding: false\n    issuer: ''\n"))
                .hasMessage("namespaces.alpha.issuer: missing");
    }

    @Test
    void allMistakes_areToldAtOnce() {
        assertThatThrownBy(() -> read("port: 70000\nheartbeat-interval: 10s\nnode-timeout: 5s\nhots: x\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("port: '70000' (expected a number in 0..65535)")
                .hasMessageContaining("hots: unknown key; did you mean 'host'?")
                .hasMessageContaining("node-timeout: 5s (expected: more than heartbeat-interval, 10s)")
                .hasMessageContaining("namespaces: none")
                .hasMessageContaining("certificate: missing");
    }

    @Test
    void aKeyGivenTwice_isAMistake() {
        assertThatThrownBy(() -> read("port: 1\nport: 2\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void aMissingFile_isSaid() {
        assertThatThrownBy(() -> ConfigReader.read(dir.resolve("none.yaml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml: cannot be read");
    }

    private GatewayConfig read(String yaml) throws IOException {
        return ConfigReader.read(Files.writeString(dir.resolve("gateway.yaml"), yaml), Map.of());
    }
}
