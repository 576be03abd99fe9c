package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ServerTransportFilter;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.CertificateSpec.KeyUse;
import io.rollcall.devcerts.CertificateSpec.Purpose;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.identity.TestTrustPolicies;
import io.rollcall.server.testing.HostileCertificates;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcEndpointTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private final TestClock clock = new TestClock(NOW);
    private DevCerts certs;
    private GatewayConfig config;

    @TempDir
    private Path directory;

    @BeforeEach
    void mint() {
        certs = DevCerts.in(directory, clock);
        certs.issue(NodeRange.of("alpha", 1, 1));
        config = ConfigReader.read(certs.configuration(), Map.of());
    }

    private GrpcEndpoint endpoint(int port, Path certificate, Path key) {
        return new GrpcEndpoint(
                config.settings()
                        .with(Setting.PORT, port)
                        .with(Setting.CERTIFICATE, certificate)
                        .with(Setting.KEY, key),
                Duration.ZERO,
                new ClientTrust(TestTrustPolicies.of(config.identity(), new TestClock(NOW)), clock),
                new OpenSockets(100, IdentityListener.NOBODY, System::nanoTime),
                new ServerTransportFilter() {},
                List.of(),
                List.of(),
                List.of(),
                clock);
    }

    private void assertRefused(Path certificate, Path key, String message) {
        assertThatThrownBy(() -> endpoint(0, certificate, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void certificateAndKeyThatDoNotBelongTogether_areRefused() {
        Path other = certs.namespace("alpha").nodeDirectory(1).resolve("key.pem");

        assertRefused(config.get(Setting.CERTIFICATE), other, other + " does not belong to the certificate");
    }

    @Test
    void anExpiredCertificate_isRefused() {
        clock.advance(Duration.ofDays(31));
        assertRefused(
                config.get(Setting.CERTIFICATE), config.get(Setting.KEY), "expired on 2030-01-31T00:00:00Z; renew it");
    }

    @Test
    void aCertificateOfTheFuture_isRefused() {
        clock.advance(Duration.ofDays(-1));
        assertRefused(
                config.get(Setting.CERTIFICATE), config.get(Setting.KEY), "is valid from 2029-12-31T23:59:00Z only");
    }

    @Test
    void filesThatCannotBeRead_areNamed() {
        Path absent = directory.resolve("absent");
        assertRefused(absent, config.get(Setting.KEY), "server certificate: " + absent + " cannot be read");
        assertRefused(config.get(Setting.CERTIFICATE), absent, "server key: " + absent + " cannot be read");
        assertRefused(
                config.get(Setting.CERTIFICATE),
                config.get(Setting.CERTIFICATE),
                "holds no private key (expected PEM, 'BEGIN PRIVATE KEY'; found CERTIFICATE)");
    }

    private Path own(String name, Credential credential, Credential... along) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (Credential other : along) {
            pem.append(other.certificatePem());
        }
        Files.writeString(directory.resolve(name + ".key"), credential.keyPem());
        return Files.writeString(directory.resolve(name + ".pem"), pem + credential.certificatePem());
    }

    private Path keyOf(String name) {
        return directory.resolve(name + ".key");
    }

    /** Planted bug: not looked at. The gateway was ready, and each handshake failed as if for the client's certificate. */
    @Test
    void aCertificateThatIsForNoServer_isRefused() throws Exception {
        CertificateIssuer root = CertificateIssuer.selfSigned(CertificateSpec.authority("x"), clock);
        CertificateSpec server = CertificateSpec.server("CN=gateway");
        Path encrypts = own("encrypts", root.certificate(server.keyUses(KeyUse.KEY_ENCIPHERMENT)));
        assertRefused(
                encrypts,
                keyOf("encrypts"),
                "server certificate: " + encrypts + " has keyUsage without digitalSignature (expected: with it, or no"
                        + " keyUsage); get one for a TLS server");
        Path clients = own("clients", root.certificate(server.purposes(Purpose.CLIENT_AUTH)));
        assertRefused(clients, keyOf("clients"), clients + " has extendedKeyUsage without serverAuth");

        Path both = own("both", root.certificate(server.purposes(Purpose.CLIENT_AUTH, Purpose.SERVER_AUTH)));
        endpoint(0, both, keyOf("both")).close();
        Path neither = own("neither", root.certificate(server.keyUses().purposes()));
        endpoint(0, neither, keyOf("neither")).close();
    }

    @Test
    void aWeakCertificate_orOneWeakOnItsWay_isRefused_withTheReason() throws Exception {
        CertificateSpec server = CertificateSpec.server("CN=gateway");
        CertificateIssuer root = CertificateIssuer.selfSigned(
                CertificateSpec.authority("x").subject("CN=root").asAuthority(1).signedBy("SHA1withECDSA"), clock);
        CertificateIssuer weak = CertificateIssuer.of(
                root.certificate(
                        CertificateSpec.authority("x").subject("CN=weak").signedBy("SHA1withECDSA")),
                clock);
        Path shortKey = own("short", root.certificate(server.keys(HostileCertificates.rsa(1024))));
        assertRefused(
                shortKey,
                keyOf("short"),
                "server certificate: " + shortKey
                        + ": 'CN=gateway' has an RSA key of 1024 bits (expected: at least 2048)");
        Path below = own("below", weak.certificate(server), weak.credential(), root.credential());
        assertRefused(below, keyOf("below"), below + ": 'CN=weak' is signed by SHA1withECDSA (expected: SHA-256");
        // A root's own signature does not count, and the order of the file neither.
        Path good = own("good", root.certificate(server), root.credential(), root.credential());
        endpoint(0, good, keyOf("good")).close();
        Path edwards = own(
                "edwards",
                root.certificate(
                        server.keys(KeyPairGenerator.getInstance("Ed25519").generateKeyPair())));
        assertRefused(edwards, keyOf("edwards"), "which TLS cannot use here (expected: RSA or EC)");
    }

    @Test
    void aPortInUse_isSaidSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            GrpcEndpoint endpoint =
                    endpoint(taken.getLocalPort(), config.get(Setting.CERTIFICATE), config.get(Setting.KEY));

            assertThatThrownBy(endpoint::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot listen on localhost:" + taken.getLocalPort());
            endpoint.close();
        }
    }
}
