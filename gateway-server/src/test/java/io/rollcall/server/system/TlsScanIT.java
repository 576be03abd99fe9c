package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What those find who scan the ports of nodes and browsers: TLS 1.2 and 1.3 alone, always with forward secrecy and
 * authenticated encryption (RFC 9325 §4.2). Once with each kind of key, since what an elliptic curve's cannot do, such
 * as RSA key exchange, says nothing about a gateway that was given the other.
 *
 * <p>Planted bugs: a suite with CBC, and one with RSA key exchange, at the nodes' port; Jetty's own choice of suites at
 * the browsers', and Java's own choice of signatures there, which has ECDSA with SHA-1 in it.
 */
@Timeout(120)
class TlsScanIT {
    private static final List<String> OF_TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    private static final String EPHEMERAL_AND_AUTHENTICATED =
            "ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA\\d+|CHACHA20-POLY1305)";

    // As openssl ciphers takes them; the level lets openssl offer what it thinks too weak itself.
    private static final String ANY = "ALL:@SECLEVEL=0";
    private static final String GOOD = "ECDHE+AESGCM";
    private static final String RSA_KEY_EXCHANGE = "kRSA:@SECLEVEL=0";
    private static final String NOT_AUTHENTICATED = "kECDHE:!AESGCM:!CHACHA20:!ARIAGCM:!AESCCM:@SECLEVEL=0";

    private static final List<NodeRange> ONE = List.of(NodeRange.parse("alpha:1-1"));

    @TempDir
    private static Path dir;

    private static final List<GatewayProcess> gateways = new ArrayList<>();

    /** @param member the files of one who is let in */
    record Endpoint(String name, int port, Path member) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        gateways.add(GatewayProcess.start(dir.resolve("ec"), ONE));
        Path certs = dir.resolve("rsa/certs");
        DevCerts rsa = DevCerts.in(certs);
        rsa.issue(ONE);
        Credential own = rsa.serverIssuer()
                .certificate(CertificateSpec.server("CN=gateway")
                        .keys(KeyPairGenerator.getInstance("RSA").generateKeyPair()));
        Path certificate = Files.writeString(certs.resolve("rsa.pem"), own.certificatePem());
        Path key = Files.writeString(certs.resolve("rsa-key.pem"), own.keyPem());
        gateways.add(GatewayProcess.start(
                dir.resolve("rsa"), ONE, "--certificate", certificate.toString(), "--key", key.toString()));
    }

    @AfterAll
    static void stop() {
        gateways.forEach(GatewayProcess::close);
    }

    static Stream<Endpoint> endpoints() {
        return gateways.stream().flatMap(gateway -> {
            String key = gateway == gateways.get(0) ? "EC" : "RSA";
            Path member = gateway.certs().namespace("alpha").nodeDirectory(1);
            return Stream.of(
                    new Endpoint("nodes, " + key, gateway.port(), member),
                    new Endpoint(
                            "browsers, " + key, URI.create(gateway.console()).getPort(), member));
        });
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void aScanner_findsNothingOld_nothingWeak(Endpoint endpoint) throws Exception {
        TlsScan scan = TlsScan.of(endpoint.port, endpoint.member);

        assertThat(scan.versions()).containsExactly("TLSv1.2", "TLSv1.3");
        assertThat(scan.ciphers("TLSv1.3")).isNotEmpty().isSubsetOf(OF_TLS_1_3);
        assertThat(scan.ciphers("TLSv1.2")).isNotEmpty().allSatisfy(cipher -> assertThat(cipher)
                .matches(EPHEMERAL_AND_AUTHENTICATED));
        assertThat(scan.text())
                .contains("Session renegotiation not supported")
                .contains("TLSv1.2 not vulnerable to heartbleed")
                .contains("TLSv1.3 not vulnerable to heartbleed")
                .doesNotContainIgnoringCase("insecure");
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void anOldClient_isRefused(Endpoint endpoint) throws Exception {
        for (String protocol : List.of("-tls1", "-tls1_1")) {
            assertThat(new TlsClient(endpoint.port, protocol).offer(ANY, endpoint.member))
                    .as(protocol)
                    .contains("alert protocol version"); // by the server, not by openssl itself
        }
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void aClientOfTls12_getsForwardSecrecyAndAuthenticatedEncryption_orNothing(Endpoint endpoint) throws Exception {
        TlsClient client = new TlsClient(endpoint.port, "-tls1_2");
        assertThat(client.offer(GOOD, endpoint.member))
                .contains("New, TLSv1.2, Cipher is ECDHE-")
                .contains("Secure Renegotiation IS supported"); // RFC 5746: nothing can be put before a handshake
        for (String suites : List.of(RSA_KEY_EXCHANGE, NOT_AUTHENTICATED)) {
            assertThat(client.offer(suites, endpoint.member))
                    .as(suites)
                    .contains("CONNECTED", "Cipher is (NONE)")
                    .doesNotContain("no ciphers available");
        }
    }

    static Stream<Endpoint> browsers() {
        return endpoints().filter(endpoint -> endpoint.name.startsWith("browsers"));
    }

    /** BoringSSL, at the nodes' port, still signs so for such a client, and netty gives no way to tell it not to. */
    @ParameterizedTest
    @MethodSource("browsers")
    void whoTakesOnlySignaturesWithSha1_isRefused(Endpoint endpoint) throws Exception {
        TlsClient client = new TlsClient(endpoint.port, "-tls1_2");
        assertThat(client.accept("ECDSA+SHA256:RSA+SHA256:RSA-PSS+SHA256", endpoint.member))
                .contains("Peer signing digest: SHA256");
        assertThat(client.accept("ECDSA+SHA1:RSA+SHA1", endpoint.member))
                .doesNotContain("Peer signing digest: SHA1")
                .contains("Cipher is (NONE)");
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void whoOffersCompression_getsNone(Endpoint endpoint) throws Exception {
        assertThat(CompressionOffer.answered(endpoint.port)).isZero();
    }
}
