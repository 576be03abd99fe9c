package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ServerTransportFilter;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.testing.SettableClock;
import io.rollcall.server.testing.TestPki;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcEndpointTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private final SettableClock clock = new SettableClock(NOW);
    private TestPki pki;

    @TempDir
    private Path directory;

    @BeforeEach
    void mint() {
        pki = new TestPki(directory, NOW, "alpha");
    }

    private GrpcEndpoint endpoint(int port, Path certificate, Path key) {
        return new GrpcEndpoint(
                new EndpointSettings("localhost", port, certificate, key, Duration.ZERO),
                new ClientTrust(pki.config(), new SettableClock(NOW)),
                new ServerTransportFilter() {},
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
        Path other = pki.write(
                "other.key",
                TestPki.pem("PRIVATE KEY", TestPki.selfSigned("CN=x", NOW).key().getEncoded()));

        assertRefused(pki.file("server.pem"), other, other + " does not belong to the certificate");
    }

    @Test
    void anExpiredCertificate_isRefused() {
        clock.advance(Duration.ofDays(1));
        assertRefused(pki.file("server.pem"), pki.file("server.key"), "expired on 2030-01-01T12:00:00Z; renew it");
    }

    @Test
    void aCertificateOfTheFuture_isRefused() {
        clock.advance(Duration.ofDays(-3));
        assertRefused(pki.file("server.pem"), pki.file("server.key"), "is valid from 2029-12-30T00:00:00Z only");
    }

    @Test
    void filesThatCannotBeRead_areNamed() {
        Path absent = pki.file("absent");
        assertRefused(absent, pki.file("server.key"), "server certificate: " + absent + " cannot be read");
        assertRefused(pki.file("server.pem"), absent, "server key: " + absent + " cannot be read");
        assertRefused(pki.file("server.pem"), pki.file("server.pem"), "in PKCS#8 without password");
    }

    @Test
    void aPortInUse_isSaidSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            GrpcEndpoint endpoint = endpoint(taken.getLocalPort(), pki.file("server.pem"), pki.file("server.key"));

            assertThatThrownBy(endpoint::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot listen on localhost:" + taken.getLocalPort());
            endpoint.close();
        }
    }
}
