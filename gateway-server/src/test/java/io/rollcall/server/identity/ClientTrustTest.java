package io.rollcall.server.identity;

import static io.rollcall.server.testing.TestPki.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.testing.SettableClock;
import io.rollcall.server.testing.TestPki;
import io.rollcall.server.testing.TestPki.Identity;
import io.rollcall.server.testing.TestPki.Leaf;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClientTrustTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static TestPki pki;

    private final SettableClock clock = new SettableClock(NOW);
    private final ClientTrust trust = new ClientTrust(pki.config(), clock);

    @BeforeAll
    static void mint(@TempDir Path directory) {
        pki = new TestPki(directory, NOW, "alpha", "beta");
    }

    private void check(Identity identity) throws CertificateException {
        trust.checkClientTrusted(new X509Certificate[] {identity.certificate()}, "UNKNOWN");
    }

    private static Identity alpha(UnaryOperator<Leaf> change) {
        return pki.tenant("alpha").issue(change);
    }

    static Stream<Arguments> goodLeaves() {
        return Stream.of(
                Arguments.of("a node", (UnaryOperator<Leaf>) leaf -> leaf),
                Arguments.of("no purposes", (UnaryOperator<Leaf>) leaf -> leaf.withPurposes()),
                Arguments.of("both purposes", (UnaryOperator<Leaf>)
                        leaf -> leaf.withPurposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)),
                Arguments.of("a DNS name beside", (UnaryOperator<Leaf>) leaf -> leaf.alsoDns("node-1.example")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodLeaves")
    void aMembersCertificate_isAccepted(String what, UnaryOperator<Leaf> change) {
        assertThatCode(() -> check(alpha(change))).doesNotThrowAnyException();
    }

    static Stream<Arguments> badLeaves() {
        String one = uri("alpha", "node", "1");
        return Stream.of(
                bad("two URIs", leaf -> leaf.withUris(one, uri("alpha", "node", "2")), "exactly one URI SAN, found 2"),
                bad("the same URI twice", leaf -> leaf.withUris(one, one), "exactly one URI SAN, found 2"),
                bad("no URI", leaf -> leaf.withUris().alsoDns("x.example"), "exactly one URI SAN, found 0"),
                bad("no SAN", leaf -> leaf.withUris(), "exactly one URI SAN, found 0"),
                bad("a CA", Leaf::asCa, "must not be a CA's"),
                bad(
                        "may sign certificates",
                        leaf -> leaf.withKeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                        "must not be a CA's"),
                bad("no keyUsage", leaf -> leaf.withKeyUsage(0), "keyUsage digitalSignature"),
                bad("other keyUsage", leaf -> leaf.withKeyUsage(KeyUsage.keyEncipherment), "keyUsage digitalSignature"),
                bad("servers only", leaf -> leaf.withPurposes(KeyPurposeId.id_kp_serverAuth), "clientAuth"),
                bad("percent-encoding", leaf -> leaf.withUris(uri("alph%61", "node", "1")), "expected spiffe://"),
                bad("dots", leaf -> leaf.withUris(uri("alpha", "operator", "..")), "no segment '.'"),
                bad(
                        "other trust domain",
                        leaf -> leaf.withUris("spiffe://other.example/ns/alpha/node/1"),
                        "no such trust"),
                bad("unknown namespace", leaf -> leaf.withUris(uri("gamma", "node", "1")), "no such trust domain"),
                bad("beta's namespace by alpha's CA", leaf -> leaf.withUris(uri("beta", "node", "1")), "vouches"),
                bad("expired", leaf -> leaf.validFor(Duration.ofSeconds(-1)), "vouches"));
    }

    private static Arguments bad(String what, UnaryOperator<Leaf> change, String message) {
        return Arguments.of(what, change, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badLeaves")
    void anyOtherCertificate_isRefused(String what, UnaryOperator<Leaf> change, String message) {
        assertThatThrownBy(() -> check(alpha(change)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anotherCaOfTheSameName_doesNotVouch() {
        Identity namesake = TestPki.selfSigned("CN=CA of alpha", NOW);
        Identity forged = pki.issue(namesake, forNode());

        assertThatThrownBy(() -> check(forged)).hasMessageContaining("vouches");
    }

    private static Leaf forNode() {
        Leaf[] captured = new Leaf[1];
        pki.tenant("alpha").issue(leaf -> captured[0] = leaf);
        return captured[0];
    }

    @Test
    void anIntermediateCa_mayStandBetween_andTheRootMayBeSentAlong() throws CertificateException {
        Identity intermediate = pki.tenant("alpha").issue(leaf -> leaf.withUris()
                .asCa()
                .withKeyUsage(KeyUsage.keyCertSign)
                .withPurposes()
                .withSubject("CN=middle"));
        Identity node = pki.issue(intermediate, forNode());
        X509Certificate root = pki.tenant("alpha").ca.certificate();

        trust.checkClientTrusted(
                new X509Certificate[] {node.certificate(), intermediate.certificate(), root}, "UNKNOWN");
        assertThatThrownBy(() -> check(node)).hasMessageContaining("vouches");
    }

    @Test
    void aMember_mayNotIssueForOthers() {
        Identity member = alpha(leaf -> leaf.withSubject("CN=node one"));
        Identity forged = pki.issue(member, forNode());

        assertThatThrownBy(() -> trust.checkClientTrusted(
                        new X509Certificate[] {forged.certificate(), member.certificate()}, "UNKNOWN"))
                .hasMessageContaining("vouches");
    }

    @Test
    void aCaThatExpiresWhileInForce_vouchesNoMore() {
        Identity node = alpha(leaf -> leaf.validFor(Duration.ofDays(9)));
        clock.advance(Duration.ofDays(2));

        assertThatThrownBy(() -> check(node)).isInstanceOf(CertificateException.class);
    }

    @Test
    void theListOfIssuers_namesNoTenant() {
        assertThat(trust.getAcceptedIssuers()).isEmpty();
    }

    @Test
    void servers_areNotItsBusiness() {
        X509Certificate[] chain = {alpha(leaf -> leaf).certificate()};

        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "UNKNOWN")).isInstanceOf(CertificateException.class);
    }

    private static ClientTrust load(boolean dev, Path bundle) {
        NamespaceConfig alpha = pki.tenant("alpha").config(true);
        NamespaceConfig changed =
                new NamespaceConfig(alpha.name(), bundle, alpha.jwks(), alpha.issuer(), alpha.requireTokenBinding());
        return new ClientTrust(
                new IdentityConfig(dev, "test.example", "a", Duration.ofHours(1), List.of(changed)),
                new SettableClock(NOW));
    }

    private static Path bundle(X509Certificate certificate) {
        return pki.write("bundle.pem", TestPki.pem("CERTIFICATE", TestPki.encoded(certificate)));
    }

    @Test
    void aDevelopmentCa_isRefusedAtStart_unlessDev() {
        Path bundle =
                bundle(TestPki.selfSigned("CN=x, OU=Rollcall development", NOW).certificate());

        assertThatCode(() -> load(true, bundle)).doesNotThrowAnyException();
        assertThatThrownBy(() -> load(false, bundle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust bundle of alpha: " + bundle)
                .hasMessageContaining("start with --dev");
    }

    @Test
    void anExpiredCa_isAnErrorAtStart() {
        Path bundle =
                bundle(TestPki.selfSigned("CN=x", NOW, Duration.ofSeconds(-1)).certificate());

        assertThatThrownBy(() -> load(false, bundle))
                .hasMessageContaining(bundle.toString())
                .hasMessageContaining("expired on 2029-12-31T23:59:59Z; renew it");
    }

    @Test
    void aBundleWithoutCa_isAnErrorAtStart() {
        Path leaf = bundle(alpha(any -> any).certificate());
        assertThatThrownBy(() -> load(false, leaf)).hasMessageContaining("is no CA");
        Path empty = pki.write("empty.pem", "");
        assertThatThrownBy(() -> load(false, empty)).hasMessageContaining(empty + " holds no certificate");
        Path garbage = pki.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> load(false, garbage)).hasMessageContaining(garbage + " is damaged");
        Path absent = pki.file("absent.pem");
        assertThatThrownBy(() -> load(false, absent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(absent + " cannot be read (NoSuchFileException); check");
    }
}
