package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.server.testing.HostileCertificates;
import io.rollcall.server.testing.MangledCertificate;
import io.rollcall.server.testing.ShownChain;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Why a handshake with the real process fails: to the client by an alert, as {@code openssl s_client} hears it; to whoever
 * runs the gateway by the audit log, the metrics and a line in the log.
 *
 * <p>Planted bugs: netty left to choose the alert; another alert for a namespace that is not served; handshakes without a
 * certificate not counted; the address left out.
 */
@Timeout(120)
class HandshakeFailuresIT {
    private static final List<String> PROTOCOLS = List.of("-tls1_2", "-tls1_3");
    private static final int BAD_CERTIFICATE = 42; // RFC 8446 §6
    private static final int CERTIFICATE_REVOKED = 44;
    private static final int CERTIFICATE_EXPIRED = 45;
    private static final int UNKNOWN_CA = 48;
    private static final String HALF_A_HELLO = "\u0016\u0003\u0001\u0002\u0000\u0001\u0000";

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static AuditLines audit;
    private static DevNamespace alpha;
    private static DevNamespace beta;
    private static Credential withdrawn;
    private static int files;

    @BeforeAll
    static void start() throws Exception {
        Tenancy tenancy = new Tenancy(dir);
        alpha = tenancy.alpha;
        beta = tenancy.beta;
        withdrawn = alpha.issuer().certificate(alpha.nodeSpec(2));
        Files.writeString(tenancy.crl, alpha.issuer().revocationList(withdrawn.certificate()));
        gateway = tenancy.start(dir, "--handshake-timeout", "4s");
        audit = new AuditLines(gateway.dataDir());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /**
     * @param others shown along
     * @param alert that the client hears
     * @param reason in the audit log; in small letters in the metrics
     */
    record Case(String what, Credential shown, List<X509Certificate> others, int alert, String reason) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Case alone(String what, Credential shown, int alert, String reason) {
        return new Case(what, shown, List.of(), alert, reason);
    }

    static Stream<Case> refusedCertificates() {
        Instant now = Instant.now();
        CertificateSpec node = alpha.nodeSpec(3);
        CertificateSpec expired = node.validity(now.minus(Duration.ofDays(2)), now.minusSeconds(60));
        CertificateSpec ofGamma =
                CertificateSpec.client("CN=x", alpha.name().node(3).replace("alpha", "gamma"));
        CertificateIssuer namesake = Tenancy.newAuthority();
        CertificateIssuer deep =
                CertificateIssuer.of(alpha.issuer().certificate(CertificateSpec.authority("deep")), Clock.systemUTC());
        return Stream.of(
                alone("expired", alpha.issuer().certificate(expired), CERTIFICATE_EXPIRED, "CERTIFICATE_EXPIRED"),
                alone(
                        "not yet valid",
                        alpha.issuer().certificate(node.validity(now.plusSeconds(600), now.plusSeconds(6000))),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_NOT_YET_VALID"),
                alone("withdrawn", withdrawn, CERTIFICATE_REVOKED, "CERTIFICATE_WITHDRAWN"),
                alone("by another tenant's CA", beta.issuer().certificate(node), UNKNOWN_CA, "CERTIFICATE_UNTRUSTED"),
                alone(
                        "no SPIFFE ID",
                        alpha.issuer().certificate(node.withoutNames()),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_PROFILE"),
                new Case(
                        "by a CA that the bundle's does not permit",
                        deep.certificate(node),
                        List.of(deep.authority()),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_CONSTRAINT"),
                alone(
                        "RSA of 1024 bits",
                        alpha.issuer().certificate(node.keys(HostileCertificates.rsa(1024))),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_WEAK"),
                alone(
                        "SHA-1",
                        alpha.issuer().certificate(node.signedBy("SHA1withECDSA")),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_WEAK"),
                new Case(
                        "too many shown along",
                        alpha.issuer().certificate(node),
                        Stream.generate(namesake::authority).limit(12).toList(),
                        BAD_CERTIFICATE,
                        "CERTIFICATE_CHAIN_TOO_LONG"),
                // The same alert, whether a stranger has guessed a namespace that is served or one that is not.
                alone(
                        "a stranger's, expired, of a namespace that is served",
                        namesake.certificate(expired),
                        UNKNOWN_CA,
                        "CERTIFICATE_UNTRUSTED"),
                alone(
                        "a stranger's, expired, of one that is not",
                        namesake.certificate(ofGamma.validity(now.minus(Duration.ofDays(2)), now.minusSeconds(60))),
                        UNKNOWN_CA,
                        "NAMESPACE_UNKNOWN"),
                alone(
                        "a tenant's, of a namespace that is not served",
                        alpha.issuer().certificate(ofGamma),
                        UNKNOWN_CA,
                        "NAMESPACE_UNKNOWN"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedCertificates")
    void aRefusedCertificate_isToldToTheClientByItsAlert_andWhyOnRecord(Case refused) throws Exception {
        long before = count(refused.reason);
        for (String protocol : PROTOCOLS) {
            assertThat(TlsClient.alert(show(protocol, refused.shown, refused.others)))
                    .as("%s %s", refused, protocol)
                    .hasValue(refused.alert);
        }
        String serial = refused.shown.certificate().getSerialNumber().toString(16);
        JsonNode line = audit.await(
                "certificate-refused", found -> found.path("serial").asText().equals(serial));
        assertThat(line.get("reason").asText()).as(line.toString()).isEqualTo(refused.reason);
        assertThat(line.get("from").asText()).startsWith("127.0.0.1:");
        assertThat(line.get("message").asText()).isNotBlank();
        assertThat(line.get("subject").asText())
                .isEqualTo(refused.shown.certificate().getSubjectX500Principal().getName());
        assertThat(line.get("issuer").asText())
                .isEqualTo(refused.shown.certificate().getIssuerX500Principal().getName());
        assertThat(line.has("namespace")).isFalse();
        awaitCount(refused.reason, before + PROTOCOLS.size());
        assertLogged(refused.reason);
    }

    private static String show(String protocol, Credential shown, List<X509Certificate> others) throws Exception {
        Path certificate = Files.writeString(dir.resolve("shown-" + ++files + ".pem"), shown.certificatePem());
        Path key = Files.writeString(dir.resolve("shown-" + files + ".key"), shown.keyPem());
        StringBuilder along = new StringBuilder();
        for (X509Certificate other : others) {
            along.append(new Credential(shown.key(), other).certificatePem());
        }
        Optional<Path> chain = others.isEmpty()
                ? Optional.empty()
                : Optional.of(Files.writeString(dir.resolve("shown-" + files + "-chain.pem"), along));
        return new TlsClient(gateway.port(), protocol).show(certificate, key, chain);
    }

    private static KeyPair keys(String algorithm, String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!curve.isEmpty()) {
            generator.initialize(new ECGenParameterSpec(curve));
        }
        return generator.generateKeyPair();
    }

    /** Or one that TLS cannot use here, which a client keeps to itself. */
    @Test
    void whoShowsNoCertificate_isCountedAndRecorded() throws Exception {
        long before = count("CERTIFICATE_MISSING");
        int lines = missing().size();
        Map<String, Integer> alerts = Map.of("-tls1_2", 40, "-tls1_3", 116); // handshake_failure, certificate_required
        Credential edwards = alpha.issuer().certificate(alpha.nodeSpec(3).keys(keys("Ed25519", "")));
        Credential large = alpha.issuer().certificate(alpha.nodeSpec(3).keys(keys("EC", "secp521r1")));
        for (String protocol : PROTOCOLS) {
            int alert = alerts.get(protocol);
            assertThat(TlsClient.alert(new TlsClient(gateway.port(), protocol).showNothing()))
                    .hasValue(alert);
            assertThat(TlsClient.alert(show(protocol, edwards, List.of())))
                    .as("Ed25519")
                    .hasValue(alert);
        }
        assertThat(TlsClient.alert(show("-tls1_3", large, List.of())))
                .as("P-521")
                .hasValue(116);
        assertThat(TlsClient.alert(show("-tls1_2", large, List.of())))
                .as("P-521")
                .isEmpty();
        awaitCount("CERTIFICATE_MISSING", before + 5);
        await().until(() -> missing().size() == lines + 5);
        assertThat(missing().get(lines).get("message").asText()).contains("Ed25519, or on P-521 under TLS 1.3");
        assertThat(missing().get(lines).get("from").asText()).startsWith("127.0.0.1:");
    }

    private static List<JsonNode> missing() {
        return audit.of(
                "certificate-refused", line -> line.get("reason").asText().equals("CERTIFICATE_MISSING"));
    }

    static List<Case> unreadableCertificates() throws Exception {
        Credential good = alpha.node(3).credential();
        X509Certificate broken = MangledCertificate.withABrokenExtension(good.certificate());
        X509Certificate garbage = MangledCertificate.garbage(good.certificate());
        return List.of(
                alone("no certificate at all", new Credential(good.key(), garbage), 0, "CERTIFICATE_UNREADABLE"),
                alone(
                        "a critical extension that is none",
                        new Credential(good.key(), broken),
                        0,
                        "CERTIFICATE_UNREADABLE"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadableCertificates")
    void anUnreadableCertificate_isCountedAndRecorded(Case unreadable) throws Exception {
        long before = count(unreadable.reason);
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            assertNotLetIn(ShownChain.of(unreadable.shown), protocol);
        }
        awaitAtLeast(unreadable.reason, before + 2);
        audit.await("certificate-refused", line -> line.get("reason").asText().equals(unreadable.reason));
        assertLogged(unreadable.reason);
    }

    /** TLS 1.3 itself asks a first certificate for keyUsage digitalSignature, which a CA's lacks. */
    @Test
    void aCaInFrontOfTheMembersOwn_isCountedAndRecorded() throws Exception {
        Credential good = alpha.node(3).credential();
        Credential caFirst = new Credential(good.key(), alpha.issuer().authority());
        Map<String, String> reasons = Map.of("TLSv1.2", "CERTIFICATE_ORDER", "TLSv1.3", "CERTIFICATE_PROFILE");
        for (Map.Entry<String, String> expected : reasons.entrySet()) {
            long before = count(expected.getValue());
            assertNotLetIn(ShownChain.of(caFirst, good.certificate()), expected.getKey());
            awaitAtLeast(expected.getValue(), before + 1);
            audit.await(
                    "certificate-refused", line -> line.get("reason").asText().equals(expected.getValue()));
        }
    }

    private static void assertNotLetIn(ShownChain shown, String protocol) throws Exception {
        try (MemberChannel channel = new MemberChannel(gateway, shown, protocol)) {
            assertThatThrownBy(() -> GatewayServiceGrpc.newBlockingStub(channel.channel())
                            .withDeadlineAfter(Duration.ofSeconds(20))
                            .healthCheck(HealthCheckRequest.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class);
        }
    }

    /** What a client sends along in another order, twice, or of others' is left aside. */
    @Test
    void aGoodCertificate_isLetIn_whateverComesAlong() throws Exception {
        Credential node = alpha.node(1).credential();
        X509Certificate stranger = Tenancy.newAuthority("x").authority();
        List<X509Certificate> others = List.of(stranger, alpha.issuer().authority(), node.certificate(), stranger);
        for (String protocol : PROTOCOLS) {
            assertThat(TlsClient.alert(show(protocol, node, others)))
                    .as(protocol)
                    .isEmpty();
        }
        audit.await("connection", line -> line.path("serial")
                .asText()
                .equals(node.certificate().getSerialNumber().toString(16)));
    }

    /** Talks to the port in some way. */
    private interface Visit {
        void pay() throws Exception;
    }

    /** @param alert that openssl hears; empty: none, or nobody asked */
    record Other(String what, Visit visit, String reason) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Other> otherFailures() {
        Path member = alpha.nodeDirectory(1);
        TlsClient tls12 = new TlsClient(gateway.port(), "-tls1_2");
        TlsClient tls13 = new TlsClient(gateway.port(), "-tls1_3");
        Path othersCa = alpha.nodeDirectory(1).resolve("../ca.pem");
        return List.of(
                new Other("HTTP", () -> say("GET / HTTP/1.1\r\n\r\n", true), "PLAINTEXT"),
                new Other("gRPC without TLS", () -> say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", true), "PLAINTEXT"),
                new Other("a proxy's header", () -> say("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", true), "PLAINTEXT"),
                new Other(
                        "TLS 1.1",
                        () -> assertThat(TlsClient.alert(
                                        new TlsClient(gateway.port(), "-tls1_1").offer("ALL:@SECLEVEL=0", member)))
                                .hasValue(70),
                        "PROTOCOL_VERSION"),
                new Other(
                        "old suites alone",
                        () -> tls12.offer("kECDHE:!AESGCM:!CHACHA20:!ARIAGCM:!AESCCM:@SECLEVEL=0", member),
                        "NO_SHARED_CIPHER"),
                new Other(
                        "who does not trust the gateway, 1.2",
                        () -> tls12.showNothing("-CAfile", othersCa.toString(), "-verify_return_error"),
                        "GATEWAY_UNTRUSTED"),
                new Other(
                        "who does not trust the gateway, 1.3",
                        () -> tls13.showNothing("-CAfile", othersCa.toString(), "-verify_return_error"),
                        "PEER_ALERT"),
                new Other("a browser", () -> tls13.withoutHttp2(member), "NO_HTTP2"),
                new Other("who goes away", () -> say(HALF_A_HELLO, false), "CLOSED"),
                new Other(
                        "a hello of 6 MB",
                        () -> say("\u0016\u0003\u0001\u0000\u0005\u0001\u0060\u0000\u0000\u0000", true),
                        "MESSAGE_TOO_LARGE"));
    }

    /** One says nothing, one never ends. */
    @Test
    void whoTakesTooLong_isCutOffAndCounted() throws Exception {
        long before = count("TIMEOUT");
        try (Socket silent = new Socket("localhost", gateway.port());
                Socket slow = new Socket("localhost", gateway.port())) {
            slow.getOutputStream().write(HALF_A_HELLO.getBytes(StandardCharsets.ISO_8859_1));
            for (Socket socket : List.of(silent, slow)) {
                socket.setSoTimeout(30_000);
                assertThat(socket.getInputStream().read()).isNegative();
            }
        }
        awaitCount("TIMEOUT", before + 2);
        assertLogged("TIMEOUT");
    }

    /** @param wait for the gateway to close */
    private static void say(String words, boolean wait) throws IOException {
        try (Socket socket = new Socket("localhost", gateway.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(words.getBytes(StandardCharsets.ISO_8859_1));
            if (wait) {
                var unused = socket.getInputStream().readAllBytes();
            }
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherFailures")
    void whateverElseFails_isCounted_andLogged_andLeavesNoLineInTheAuditLog(Other other) throws Exception {
        long before = count(other.reason);
        other.visit.pay();
        awaitCount(other.reason, before + 1);
        assertLogged(other.reason);
        assertThat(audit.all()).noneMatch(line -> line.path("reason").asText().equals(other.reason));
    }

    @Test
    void aFloodOfThem_isCounted_andFillsNoLog() throws Exception {
        long before = count("PLAINTEXT");
        long lines = logged("PLAINTEXT").count();
        Instant begin = Instant.now();
        for (int i = 0; i < 300; i++) {
            say("GET / HTTP/1.1\r\n\r\n", true);
        }
        awaitCount("PLAINTEXT", before + 300);
        long seconds = Duration.between(begin, Instant.now()).toSeconds() + 1;
        assertThat(logged("PLAINTEXT").count() - lines)
                .isLessThanOrEqualTo(seconds + 1)
                .isLessThan(150);
        AtomicInteger more = new AtomicInteger();
        await().until(() -> {
            say("GET / HTTP/1.1\r\n\r\n", true);
            more.incrementAndGet();
            return logged("PLAINTEXT").anyMatch(line -> line.contains("more of this reason before"));
        });
        awaitCount("PLAINTEXT", before + 300 + more.get()); // or the last one may count in the next test
    }

    private static Stream<String> logged(String reason) {
        String line = "a handshake failed: " + reason.toLowerCase(Locale.ROOT) + " from 127.0.0.1:";
        return gateway.process().lines().stream().filter(said -> said.contains(line));
    }

    private static void assertLogged(String reason) {
        await().untilAsserted(() -> assertThat(logged(reason)).isNotEmpty());
    }

    private static long count(String reason) throws Exception {
        Matcher row = Pattern.compile("(?m)^rollcall_handshake_failures_total\\{reason=\""
                        + reason.toLowerCase(Locale.ROOT) + "\"} (\\d+)\\.0$")
                .matcher(ConsoleHttp.scrape(gateway));
        assertThat(row.find()).as(reason).isTrue();
        return Long.parseLong(row.group(1));
    }

    /** gRPC's channels may have tried again meanwhile. */
    private static void awaitAtLeast(String reason, long expected) {
        await(reason).untilAsserted(() -> assertThat(count(reason)).isGreaterThanOrEqualTo(expected));
    }

    private static void awaitCount(String reason, long expected) {
        await(reason).untilAsserted(() -> assertThat(count(reason)).isEqualTo(expected));
    }
}
