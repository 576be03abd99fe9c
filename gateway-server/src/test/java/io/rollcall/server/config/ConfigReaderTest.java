package io.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        assertThat(config.get(Setting.HOST)).isEqualTo("localhost");
        assertThat(config.get(Setting.PORT)).isEqualTo(8090);
        assertThat(config.get(Setting.CONSOLE_PORT)).isEqualTo(8443);
        assertThat(config.get(Setting.DATA_DIR)).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(config.get(Setting.LOG_LEVEL)).isEqualTo("info");
        assertThat(config.get(Setting.HEARTBEAT_INTERVAL)).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.get(Setting.SUSPECT_AFTER)).isEmpty();
        assertThat(config.get(Setting.NODE_TIMEOUT)).isEqualTo(Duration.ofSeconds(300));
        assertThat(config.get(Setting.FAILED_RETENTION)).isEqualTo(Duration.ofHours(1));
        assertThat(config.get(Setting.STREAM_GRACE)).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.get(Setting.DEV)).isFalse();
        assertThat(config.get(Setting.AUDIENCE)).isEqualTo("rollcall-gateway");
        assertThat(config.get(Setting.MAX_TOKEN_LIFETIME)).isEqualTo(Duration.ofHours(1));
        assertThat(config.get(Setting.JWKS_REFRESH)).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.get(Setting.JWKS_OUTAGE_TOLERANCE)).isEqualTo(Duration.ofHours(1));
        assertThat(config.identity().namespaces().get(0).crl()).isEmpty();
        assertThat(config.get(Setting.MAX_CONNECTIONS)).isEqualTo(20_000);
        assertThat(config.get(Setting.MAX_CONNECTION_AGE)).isEqualTo(Duration.ofHours(1));
        assertThat(config.get(Setting.MAX_CONNECTION_AGE_GRACE)).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.get(Setting.TLS_MIN_VERSION)).isEqualTo("1.2");
        assertThat(config.get(Setting.HANDSHAKE_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.get(Setting.MAX_CERTIFICATE_CHAIN_SIZE)).isEqualTo(16_384);
        assertThat(config.get(Setting.MAX_CALLS)).isEqualTo(100);
        assertThat(config.get(Setting.MAX_HEADER_SIZE)).isEqualTo(8_192);
        assertThat(config.get(Setting.MAX_MESSAGE_SIZE)).isEqualTo(65_536);
        assertThat(config.get(Setting.MAX_RESETS)).isEqualTo(500);
        assertThat(config.get(Setting.RESET_WINDOW)).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.get(Setting.CLIENT_PING_INTERVAL)).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.get(Setting.PING_INTERVAL)).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.get(Setting.PING_TIMEOUT)).isEqualTo(Duration.ofSeconds(20));
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
        assertThat(config.get(Setting.HOST)).isEqualTo("0.0.0.0");
        assertThat(config.get(Setting.PORT)).isEqualTo(1);
        assertThat(config.get(Setting.CONSOLE_PORT)).isEqualTo(2);
        assertThat(config.get(Setting.DATA_DIR)).isEqualTo(dir.resolve("kept"));
        assertThat(config.get(Setting.LOG_LEVEL)).isEqualTo("debug");
        assertThat(config.get(Setting.CERTIFICATE)).isEqualTo(dir.resolve("tls/cert.pem"));
        assertThat(config.get(Setting.KEY)).isEqualTo(dir.resolve("tls/key.pem"));
        assertThat(config.get(Setting.HEARTBEAT_INTERVAL)).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.get(Setting.SUSPECT_AFTER)).hasValue(Duration.ofMillis(1500));
        assertThat(config.get(Setting.NODE_TIMEOUT)).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.get(Setting.FAILED_RETENTION)).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.get(Setting.STREAM_GRACE)).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.get(Setting.MAX_CONNECTIONS)).isEqualTo(7);
        assertThat(config.get(Setting.MAX_CONNECTION_AGE)).isEqualTo(Duration.ofHours(2));
        assertThat(config.get(Setting.MAX_CONNECTION_AGE_GRACE)).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.get(Setting.TLS_MIN_VERSION)).isEqualTo("1.3");
        assertThat(config.get(Setting.HANDSHAKE_TIMEOUT)).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.get(Setting.MAX_CERTIFICATE_CHAIN_SIZE)).isEqualTo(20_480);
        assertThat(config.get(Setting.MAX_CALLS)).isEqualTo(8);
        assertThat(config.get(Setting.MAX_HEADER_SIZE)).isEqualTo(5_120);
        assertThat(config.get(Setting.MAX_MESSAGE_SIZE)).isEqualTo(131_072);
        assertThat(config.get(Setting.MAX_RESETS)).isEqualTo(9_000);
        assertThat(config.get(Setting.RESET_WINDOW)).isEqualTo(Duration.ofSeconds(11));
        assertThat(config.get(Setting.CLIENT_PING_INTERVAL)).isEqualTo(Duration.ofSeconds(12));
        assertThat(config.get(Setting.PING_INTERVAL)).isEqualTo(Duration.ofSeconds(13));
        assertThat(config.get(Setting.PING_TIMEOUT)).isEqualTo(Duration.ofSeconds(14));
        assertThat(config.get(Setting.DEV)).isTrue();
        assertThat(config.get(Setting.TRUST_DOMAIN)).isEqualTo("example.org");
        assertThat(config.get(Setting.AUDIENCE)).isEqualTo("other");
        assertThat(config.get(Setting.MAX_TOKEN_LIFETIME)).isEqualTo(Duration.ofDays(31));
        assertThat(config.get(Setting.JWKS_REFRESH)).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.get(Setting.JWKS_OUTAGE_TOLERANCE)).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.namespaces())
                .containsExactly(new NamespaceConfig(
                        new NamespaceName("alpha"),
                        dir.resolve("alpha/ca.pem"),
                        Optional.of(dir.resolve("alpha/crl.pem")),
                        KeySetConfig.at(dir.resolve("alpha/jwks.json").toUri()),
                        Optional.of("https://issuer.example.org"),
                        false));
    }

    @Test
    void quotas_areTheSame_unlessANamespaceSaysOtherwise() throws IOException {
        NamespaceName alpha = new NamespaceName("alpha");
        Settings usual = read(LEAST).quotas().get(alpha);
        assertThat(usual).isEqualTo(TestSettings.INITIAL.quotas());
        assertThat(usual.get(Setting.QUOTA_NODES)).isEqualTo(10_000);
        assertThat(usual.get(Setting.QUOTA_NODE_IDS)).isEqualTo(100_000);
        assertThat(usual.get(Setting.QUOTA_CONNECTIONS)).isEqualTo(10_000);
        assertThat(usual.get(Setting.QUOTA_CALLS)).isEqualTo(25_000);
        assertThat(usual.get(Setting.QUOTA_CALL_MEMORY)).isEqualTo(128 << 20);
        assertThat(usual.get(Setting.QUOTA_UNREAD)).isEqualTo(64 << 20);
        assertThat(usual.get(Setting.QUOTA_WATCHERS)).isEqualTo(10_000);
        assertThat(usual.get(Setting.QUOTA_METADATA)).isEqualTo(16 << 20);
        assertThat(usual.get(Setting.QUOTA_CHANGES)).isEqualTo(200);
        assertThat(usual.get(Setting.QUOTA_READS)).isEqualTo(500);
        assertThat(usual.get(Setting.QUOTA_MEMBER_CHANGES)).isEqualTo(1);

        Settings own = read(LEAST + "    quotas: {nodes: 5, reads: 7}\n" + """
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
                """)
                .quotas()
                .get(alpha);
        assertThat(own)
                .isEqualTo(usual.with(Setting.QUOTA_NODES, 5)
                        .with(Setting.QUOTA_NODE_IDS, 9)
                        .with(Setting.QUOTA_CONNECTIONS, 4)
                        .with(Setting.QUOTA_CALLS, 10)
                        .with(Setting.QUOTA_CALL_MEMORY, 131_072L)
                        .with(Setting.QUOTA_UNREAD, 65_536L)
                        .with(Setting.QUOTA_WATCHERS, 0)
                        .with(Setting.QUOTA_METADATA, 6_144L)
                        .with(Setting.QUOTA_CHANGES, 8)
                        .with(Setting.QUOTA_READS, 7)
                        .with(Setting.QUOTA_MEMBER_CHANGES, 3));
    }

    @Test
    void theAuditLog_isKeptByTimeAndSize() throws IOException {
        GatewayConfig initial = read(LEAST);
        assertThat(initial.get(Setting.AUDIT_FILE_SIZE)).isEqualTo(64L << 20);
        assertThat(initial.get(Setting.AUDIT_MAX_SIZE)).isEqualTo(2L << 30);
        assertThat(initial.get(Setting.AUDIT_KEPT_FOR)).isEqualTo(Duration.ofDays(30));
        GatewayConfig small = read(LEAST + "audit-file-size: 1MiB\naudit-max-size: 4MiB\naudit-kept-for: 2d\n");
        assertThat(small.get(Setting.AUDIT_FILE_SIZE)).isEqualTo(1L << 20);
        assertThat(small.get(Setting.AUDIT_MAX_SIZE)).isEqualTo(4L << 20);
        assertThat(small.get(Setting.AUDIT_KEPT_FOR)).isEqualTo(Duration.ofDays(2));
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
        assertThat(ConfigReader.read(file, Map.of("port", "2")).get(Setting.PORT))
                .isEqualTo(2);
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
    void aMistakeInOneSetting_isNoMistakeInAnother() {
        assertThatThrownBy(() -> read(LEAST + "heartbeat-interval: often\nnode-timeout: 1s\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("heartbeat-interval: 'often' (")
                .hasMessageNotContaining("node-timeout");
    }

    @Test
    void whatSaysTheSameInOtherWords_needsNoRestart() throws IOException {
        GatewayConfig before = read(LEAST + "node-timeout: 5m\n");
        assertThat(before.whatNeedsARestart(read(LEAST + "port: 8090\n"))).isEmpty();
        assertThat(read(LEAST + "port: 8090\n")).isEqualTo(before);
    }

    @Test
    void allMistakesOfANamespace_areToldAtOnce_withTheNearestKey() {
        assertThatThrownBy(() -> read(LEAST.replace("alpha:", "Alpha:").replace("issuer:", "isuer:")
                        + "    jwks-ca: web.pem\n    require-token-binding: maybe\n"))
                .hasMessageContaining("namespaces.Alpha: expected 1 to 63 of a-z")
                .hasMessageContaining("namespaces.Alpha.isuer: unknown key; did you mean 'issuer'?")
                .hasMessageContaining("namespaces.Alpha.issuer: missing")
                .hasMessageContaining("namespaces.Alpha.jwks-ca: 'web.pem' (expected only where jwks is an https")
                .hasMessageContaining("namespaces.Alpha.require-token-binding: 'maybe' (expected true or false)");
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
