package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.CertificateSpec.KeyUse;
import io.rollcall.devcerts.CertificateSpec.Purpose;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTrustTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final CertificateSpec CA = CertificateSpec.authority("alpha");

    @TempDir
    private static Path directory;

    private static IdentityConfig config;
    private static DevNamespace alpha;
    private static DevNamespace beta;

    private final TestClock clock = new TestClock(NOW);
    private final ClientTrust trust = TestTrustPolicies.trust(config, clock);

    @BeforeAll
    static void mint() {
        DevCerts certs = DevCerts.in(directory, new TestClock(NOW));
        certs.issue(NodeRange.of("alpha", 1, 1), NodeRange.of("beta", 1, 1));
        config = ConfigReader.read(certs.configuration(), Map.of()).identity();
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
    }

    private void check(X509Certificate... chain) throws CertificateException {
        trust.checkClientTrusted(chain, "UNKNOWN");
    }

    private static X509Certificate byAlpha(CertificateSpec spec) {
        return alpha.issuer().certificate(spec).certificate();
    }

    static Stream<Arguments> goodCertificates() {
        CertificateSpec node = alpha.nodeSpec(1);
        return Stream.of(
                Arguments.of("a node", node),
                Arguments.of("no purposes", node.purposes()),
                Arguments.of("both purposes", node.purposes(Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH)),
                Arguments.of("a DNS name beside", node.host("node-1.example")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodCertificates")
    void aMembersCertificate_isAccepted(String what, CertificateSpec spec) {
        assertThatCode(() -> check(byAlpha(spec))).doesNotThrowAnyException();
    }

    static Stream<Arguments> badCertificates() {
        CertificateSpec node = alpha.nodeSpec(1);
        CertificateSpec nameless = node.withoutNames();
        String one = alpha.name().node(1);
        return Stream.of(
                Arguments.of("two URIs", node.uri(alpha.name().node(2)), "exactly one URI SAN, found 2"),
                Arguments.of("the same URI twice", node.uri(one), "exactly one URI SAN, found 2"),
                Arguments.of("no URI", nameless.host("x.example"), "exactly one URI SAN, found 0"),
                Arguments.of("no SAN", nameless, "exactly one URI SAN, found 0"),
                Arguments.of("a CA", node.asAuthority(0), "must not be a CA's"),
                Arguments.of(
                        "may sign certificates",
                        node.keyUses(KeyUse.DIGITAL_SIGNATURE, KeyUse.KEY_CERT_SIGN),
                        "must not be a CA's"),
                Arguments.of("no keyUsage", node.keyUses(), "keyUsage digitalSignature"),
                Arguments.of("other keyUsage", node.keyUses(KeyUse.KEY_ENCIPHERMENT), "keyUsage digitalSignature"),
                Arguments.of("servers only", node.purposes(Purpose.SERVER_AUTH), "clientAuth"),
                Arguments.of("percent-encoding", nameless.uri(one.replace("alpha", "alph%61")), "expected spiffe://"),
                Arguments.of("dots", nameless.uri(alpha.name().operator("..")), "no segment '.'"),
                Arguments.of(
                        "other trust domain",
                        nameless.uri(one.replace(DevCerts.TRUST_DOMAIN, "other.example")),
                        "no such trust"),
                Arguments.of("unknown namespace", nameless.uri(one.replace("alpha", "gamma")), "no such trust domain"),
                Arguments.of("beta's namespace by alpha's CA", beta.nodeSpec(1), "vouches"),
                Arguments.of(
                        "expired",
                        node.validity(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1)),
                        "expired on 2029-12-31T23:59:59Z"),
                Arguments.of(
                        "not yet valid",
                        node.validity(NOW.plusSeconds(1), NOW.plusSeconds(60)),
                        "is valid from 2030-01-01T00:00:01Z"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificates")
    void anyOtherCertificate_isRefused(String what, CertificateSpec spec, String message) {
        assertThatThrownBy(() -> check(byAlpha(spec)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anotherCaOfTheSameName_doesNotVouch() {
        CertificateIssuer namesake = CertificateIssuer.selfSigned(CA, clock);
        X509Certificate forged = namesake.certificate(alpha.nodeSpec(1)).certificate();

        assertThatThrownBy(() -> check(forged)).hasMessageContaining("vouches");
    }

    @Test
    void anIntermediateCa_mayStandBetween_andTheRootMayBeSentAlong() throws Exception {
        CertificateIssuer root = CertificateIssuer.selfSigned(CA.asAuthority(1), clock);
        CertificateIssuer middle = CertificateIssuer.of(root.certificate(CertificateSpec.authority("middle")), clock);
        X509Certificate node = middle.certificate(alpha.nodeSpec(1)).certificate();
        ClientTrust ofRoot = load(true, bundle(root.credential()));

        ofRoot.checkClientTrusted(new X509Certificate[] {node, middle.authority(), root.authority()}, "UNKNOWN");
        assertThatThrownBy(() -> ofRoot.checkClientTrusted(new X509Certificate[] {node}, "UNKNOWN"))
                .hasMessageContaining("vouches");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "RSASSA-PSS", "Ed25519"})
    void aCaOfAnyKind_vouches_andOnlyForWhatItSigned(String algorithm) throws Exception {
        CertificateSpec spec = CA.keys(KeyPairGenerator.getInstance(algorithm).generateKeyPair());
        CertificateIssuer authority = CertificateIssuer.selfSigned(spec, clock);
        ClientTrust ofIt = load(true, bundle(authority.credential()));
        X509Certificate node = authority.certificate(alpha.nodeSpec(1)).certificate();
        CertificateSpec otherKeys =
                CA.keys(KeyPairGenerator.getInstance(algorithm).generateKeyPair());
        X509Certificate forged = CertificateIssuer.selfSigned(otherKeys, clock)
                .certificate(alpha.nodeSpec(1))
                .certificate();

        assertThatCode(() -> ofIt.checkClientTrusted(new X509Certificate[] {node}, "UNKNOWN"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> ofIt.checkClientTrusted(new X509Certificate[] {forged}, "UNKNOWN"))
                .hasMessageContaining("vouches");
    }

    @Test
    void conscryptChecksWhatItKnows_andTheJdkTheRest() throws Exception {
        KeyPair pss = KeyPairGenerator.getInstance("RSASSA-PSS").generateKeyPair();
        CertificateIssuer unusual = CertificateIssuer.selfSigned(CA.keys(pss), clock);

        assertThat(SignatureChecks.of(List.of(byAlpha(alpha.nodeSpec(1))))).isEqualTo("RollcallSignatures");
        assertThat(SignatureChecks.of(List.of(byAlpha(alpha.nodeSpec(1)), unusual.authority())))
                .isNull();
    }

    @Test
    void aMember_mayNotIssueForOthers() {
        Credential member = alpha.issuer().certificate(alpha.nodeSpec(1));
        X509Certificate forged = CertificateIssuer.of(member, clock)
                .certificate(alpha.nodeSpec(2))
                .certificate();

        assertThatThrownBy(() -> check(forged, member.certificate()))
                .hasMessageContaining("'CN=node-1,O=alpha' on its path breaks a rule of its path: CA key usage");
    }

    @Test
    void aCaThatExpiresWhileInForce_vouchesNoMore() {
        X509Certificate outlivesItsCa = byAlpha(alpha.nodeSpec(1).validity(NOW, NOW.plus(Duration.ofDays(40))));
        clock.advance(Duration.ofDays(31));

        assertThatThrownBy(() -> check(outlivesItsCa)).isInstanceOf(CertificateException.class);
    }

    @Test
    void theListOfIssuers_namesNoTenant() {
        assertThat(trust.getAcceptedIssuers()).isEmpty();
    }

    @Test
    void servers_areNotItsBusiness() {
        X509Certificate[] chain = {byAlpha(alpha.nodeSpec(1))};

        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "UNKNOWN")).isInstanceOf(CertificateException.class);
    }

    private static ClientTrust load(boolean dev, Path bundle) {
        NamespaceConfig first = config.namespaces().get(0);
        NamespaceConfig changed = new NamespaceConfig(
                first.name(), bundle, first.crl(), first.jwks(), first.issuer(), first.requireTokenBinding());
        IdentityConfig production = new IdentityConfig(config.settings().with(Setting.DEV, dev), List.of(changed));
        return TestTrustPolicies.trust(production, new TestClock(NOW));
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static Path bundle(Credential credential) throws IOException {
        return file("bundle.pem", credential.certificatePem());
    }

    private Path bundleOf(CertificateSpec ca) throws IOException {
        return bundle(CertificateIssuer.selfSigned(ca, clock).credential());
    }

    @Test
    void aDevelopmentCa_isRefusedAtStart_unlessDev() throws Exception {
        Path bundle = bundleOf(CA);

        assertThatCode(() -> load(true, bundle)).doesNotThrowAnyException();
        assertThatThrownBy(() -> load(false, bundle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust bundle of alpha: " + bundle)
                .hasMessageContaining("start with --dev");
    }

    @Test
    void aTenantsOwnCa_vouches_withoutDev() throws Exception {
        CertificateIssuer own = CertificateIssuer.selfSigned(CA.subject("CN=CA of alpha"), clock);
        ClientTrust trustsIt = load(false, bundle(own.credential()));
        X509Certificate[] node = {own.certificate(alpha.nodeSpec(1)).certificate()};

        assertThatCode(() -> trustsIt.checkClientTrusted(node, "UNKNOWN")).doesNotThrowAnyException();
    }

    @Test
    void anExpiredCa_isAnErrorAtStart() throws Exception {
        Path bundle = bundleOf(CA.subject("CN=x").validity(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1)));

        assertThatThrownBy(() -> load(false, bundle))
                .hasMessageContaining(bundle.toString())
                .hasMessageContaining("expired on 2029-12-31T23:59:59Z; renew it");
    }

    @Test
    void aBundleWithoutCa_isAnErrorAtStart() throws Exception {
        Path leaf = bundle(alpha.node(1).credential());
        assertThatThrownBy(() -> load(false, leaf)).hasMessageContaining("is no CA");
        Path empty = file("empty.pem", "");
        assertThatThrownBy(() -> load(false, empty)).hasMessageContaining(empty + " holds no certificate");
        Path garbage = file("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> load(false, garbage)).hasMessageContaining(garbage + " is damaged");
        Path absent = directory.resolve("absent.pem");
        assertThatThrownBy(() -> load(false, absent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent + " cannot be read (NoSuchFileException); check");
    }
}
