package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.testing.HostileCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes with a member's certificate: in any order, doubled, with strangers, by several ways; too weak; against what a
 * CA permits. A root that permits one CA below it vouches for alpha, and an old root beside it.
 *
 * <p>Planted bugs: the order of what was sent kept; only the first way tried; the anchor's path length and name
 * constraints not asked; SHA-1 and short keys let through; the hash of RSASSA-PSS not looked at; the reason told before
 * the signatures hold.
 */
class ClientChainTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final TestClock CLOCK = new TestClock(NOW);

    @TempDir
    private static Path directory;

    private static IdentityConfig config;
    private static DevNamespace alpha;
    private static CertificateIssuer root;
    private static CertificateIssuer oldRoot;
    private static CertificateIssuer middle;
    /** The same CA, by the old root. */
    private static X509Certificate middleByOldRoot;

    private static X509Certificate leaf;

    private int files;

    @BeforeAll
    static void mint() {
        DevCerts certs = DevCerts.in(directory, CLOCK);
        certs.issue(NodeRange.of("alpha", 1, 1));
        config = ConfigReader.read(certs.configuration(), Map.of()).identity();
        alpha = certs.namespace("alpha");
        root = CertificateIssuer.selfSigned(ca("root").asAuthority(1), CLOCK);
        oldRoot = CertificateIssuer.selfSigned(ca("old root").asAuthority(1), CLOCK);
        KeyPair keys = HostileCertificates.rsa(2048);
        middle = CertificateIssuer.of(root.certificate(ca("middle").keys(keys)), CLOCK);
        middleByOldRoot = oldRoot.certificate(ca("middle").keys(keys)).certificate();
        leaf = middle.certificate(alpha.nodeSpec(1)).certificate();
    }

    private static CertificateSpec ca(String name) {
        return CertificateSpec.authority(name).subject("CN=" + name);
    }

    private static CertificateIssuer below(CertificateIssuer issuer, CertificateSpec spec) {
        return CertificateIssuer.of(issuer.certificate(spec), CLOCK);
    }

    private ClientTrust trusting(CertificateIssuer... authorities) throws Exception {
        return trusting(Optional.empty(), authorities);
    }

    private ClientTrust trusting(Optional<Path> crl, CertificateIssuer... authorities) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (CertificateIssuer authority : authorities) {
            pem.append(authority.credential().certificatePem());
        }
        Path bundle = Files.writeString(directory.resolve("bundle-" + ++files + ".pem"), pem);
        NamespaceConfig first = config.namespaces().get(0);
        NamespaceConfig changed = new NamespaceConfig(
                first.name(), bundle, crl, first.jwks(), first.issuer(), first.requireTokenBinding());
        return TestTrustPolicies.trust(
                new IdentityConfig(config.settings().with(Setting.DEV, true), List.of(changed)), CLOCK);
    }

    private static void assertAccepted(ClientTrust trust, X509Certificate... sent) {
        assertThatCode(() -> trust.vet(sent)).doesNotThrowAnyException();
    }

    private static void assertRefused(Reason reason, String message, ClientTrust trust, X509Certificate... sent) {
        assertThatThrownBy(() -> trust.vet(sent))
                .isInstanceOfSatisfying(CertificateRefusedException.class, refused -> assertThat(refused.reason())
                        .as(refused.getMessage())
                        .isEqualTo(reason))
                .hasMessageContaining(message);
    }

    static Stream<Arguments> orders() {
        X509Certificate junk = CertificateIssuer.selfSigned(ca("junk"), CLOCK).authority();
        X509Certificate namesake =
                CertificateIssuer.selfSigned(ca("middle"), CLOCK).authority();
        X509Certificate m = middle.authority();
        X509Certificate r = root.authority();
        return Stream.of(
                Arguments.of("in order", List.of(m)),
                Arguments.of("with the root", List.of(m, r)),
                Arguments.of("the root first", List.of(r, m)),
                Arguments.of("doubled", List.of(leaf, m, leaf, m, r, r)),
                Arguments.of("strangers before", List.of(junk, junk, m)),
                Arguments.of("strangers behind", List.of(m, junk)),
                Arguments.of("a namesake of the CA before it", List.of(namesake, m)),
                Arguments.of("cross-signed, the other way first", List.of(middleByOldRoot, oldRoot.authority(), m)),
                Arguments.of(
                        "as many as are looked at",
                        Stream.concat(Collections.nCopies(7, junk).stream(), Stream.of(m))
                                .toList()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orders")
    void whateverComesAlong_inWhateverOrder_theWayToTheCaIsFound(String what, List<X509Certificate> others)
            throws Exception {
        List<X509Certificate> sent = new ArrayList<>(List.of(leaf));
        sent.addAll(others);
        assertAccepted(trusting(root), sent.toArray(X509Certificate[]::new));
    }

    @Test
    void ofSeveralWays_oneThatHolds_isEnough() throws Exception {
        ClientTrust both = trusting(oldRoot, root);
        assertAccepted(both, leaf, middle.authority(), middleByOldRoot);
        Path crl = Files.writeString(
                directory.resolve("crl.pem"), oldRoot.revocationList(middleByOldRoot) + root.revocationList());
        ClientTrust oneWithdrawn = trusting(Optional.of(crl), oldRoot, root);
        assertAccepted(oneWithdrawn, leaf, middleByOldRoot, middle.authority());
        assertRefused(
                Reason.CERTIFICATE_WITHDRAWN,
                "'CN=middle' on its path was withdrawn",
                oneWithdrawn,
                leaf,
                middleByOldRoot);
    }

    @Test
    void manyCasOfOneName_inABundle_areAllTried() throws Exception {
        CertificateIssuer[] generations = new CertificateIssuer[12];
        for (int i = 0; i < generations.length; i++) {
            generations[i] = CertificateIssuer.selfSigned(ca("rotated daily"), CLOCK);
        }
        ClientTrust trust = trusting(generations);
        for (CertificateIssuer generation : generations) {
            assertAccepted(trust, generation.certificate(alpha.nodeSpec(1)).certificate());
        }
    }

    /** Eight CAs of one name that may all have issued each other: 1680 ways, of which none leads anywhere. */
    @Test
    void waysThatLeadNowhere_areGivenUp() throws Exception {
        List<X509Certificate> maze = new ArrayList<>();
        CertificateIssuer maker = CertificateIssuer.selfSigned(ca("maze"), CLOCK);
        maze.add(maker.certificate(alpha.nodeSpec(1)).certificate());
        for (int i = 0; i < 8; i++) {
            maze.add(CertificateIssuer.selfSigned(ca("maze"), CLOCK).authority());
        }
        CertificateIssuer namesake = CertificateIssuer.selfSigned(ca("maze"), CLOCK);
        TrustBundle bundle = load(root);
        assertThat(bundle.candidates(maze.toArray(X509Certificate[]::new))).isEmpty();
        TrustBundle ofThatName = load(namesake);
        assertThat(ofThatName.candidates(maze.toArray(X509Certificate[]::new))).hasSize(9);
        assertRefused(
                Reason.CERTIFICATE_UNTRUSTED, "vouches", trusting(namesake), maze.toArray(X509Certificate[]::new));
    }

    private TrustBundle load(CertificateIssuer authority) throws Exception {
        Path file = Files.writeString(
                directory.resolve("bundle-" + ++files + ".pem"),
                authority.credential().certificatePem());
        return TrustBundle.load(config.namespaces().get(0).name(), file, true, java.util.Set.of(), NOW);
    }

    @Test
    void moreThanAreLookedAt_orACaFirst_isRefused_inWordsThatSayWhat() throws Exception {
        ClientTrust trust = trusting(root);
        X509Certificate[] many = Collections.nCopies(10, leaf).toArray(X509Certificate[]::new);
        assertRefused(Reason.CERTIFICATE_CHAIN_TOO_LONG, "expected at most 9 certificates, found 10", trust, many);
        assertRefused(Reason.CERTIFICATE_ORDER, "a CA's certificate comes first", trust, middle.authority(), leaf);
        assertRefused(Reason.CERTIFICATE_PROFILE, "must not be a CA's", trust, middle.authority(), root.authority());
        assertRefused(Reason.CERTIFICATE_MISSING, "expected a client certificate", trust);
    }

    @Test
    void theCasOwnPathLength_holds() throws Exception {
        CertificateIssuer strict = CertificateIssuer.selfSigned(ca("strict"), CLOCK);
        CertificateIssuer between = below(strict, ca("between"));
        X509Certificate node = between.certificate(alpha.nodeSpec(1)).certificate();
        assertRefused(
                Reason.CERTIFICATE_CONSTRAINT,
                "the CA 'CN=strict' permits 0 CAs below it (pathLenConstraint); found 1",
                trusting(strict),
                node,
                between.authority());
        assertAccepted(trusting(strict), strict.certificate(alpha.nodeSpec(1)).certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollcall.dev", ".dev"})
    void namesThatACaPermits_areAccepted(String host) throws Exception {
        CertificateIssuer named = CertificateIssuer.selfSigned(ca("named").permittedUris(host), CLOCK);
        assertAccepted(trusting(named), named.certificate(alpha.nodeSpec(1)).certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"other.example", ".rollcall.dev", "dev"})
    void namesThatACaDoesNotPermit_areRefused_theBundlesOwnOrOneBelow(String host) throws Exception {
        CertificateIssuer named = CertificateIssuer.selfSigned(ca("named").permittedUris(host), CLOCK);
        CertificateIssuer between = below(root, ca("between").permittedUris(host));
        assertRefused(
                Reason.CERTIFICATE_CONSTRAINT,
                "the CA 'CN=named' does not permit the names of 'CN=node-1,O=alpha' (nameConstraints)",
                trusting(named),
                named.certificate(alpha.nodeSpec(1)).certificate());
        assertRefused(
                Reason.CERTIFICATE_CONSTRAINT,
                "name constraints",
                trusting(root),
                between.certificate(alpha.nodeSpec(1)).certificate(),
                between.authority());
    }

    static Stream<Arguments> weakPaths() throws Exception {
        CertificateSpec node = alpha.nodeSpec(1);
        CertificateIssuer rsa =
                CertificateIssuer.selfSigned(ca("rsa").asAuthority(1).keys(HostileCertificates.rsa(2048)), CLOCK);
        CertificateIssuer shortKey = below(root, ca("short").keys(HostileCertificates.rsa(1024)));
        CertificateIssuer oldHash = below(root, ca("sha-1").signedBy("SHA1withECDSA"));
        KeyPair pss = java.security.KeyPairGenerator.getInstance("RSASSA-PSS").generateKeyPair();
        CertificateIssuer probabilistic = CertificateIssuer.selfSigned(ca("pss").keys(pss), CLOCK);
        return Stream.of(
                Arguments.of(
                        "its key",
                        root,
                        root.certificate(node.keys(HostileCertificates.rsa(1024))),
                        null,
                        "has an RSA key of 1024 bits (expected: at least 2048)"),
                Arguments.of(
                        "a bit short",
                        root,
                        root.certificate(node.keys(HostileCertificates.rsa(2040))),
                        null,
                        "has an RSA key of 2040 bits"),
                Arguments.of(
                        "a CA's key",
                        root,
                        shortKey.certificate(node),
                        shortKey,
                        "'CN=short' on its path has an RSA key of 1024 bits"),
                Arguments.of(
                        "SHA-1",
                        root,
                        root.certificate(node.signedBy("SHA1withECDSA")),
                        null,
                        "is signed by SHA1withECDSA (expected: SHA-256 or better)"),
                Arguments.of(
                        "SHA-1, RSA",
                        rsa,
                        rsa.certificate(node.signedBy("SHA1withRSA")),
                        null,
                        "is signed by SHA1withRSA"),
                Arguments.of(
                        "SHA-1 above",
                        root,
                        oldHash.certificate(node),
                        oldHash,
                        "'CN=sha-1' on its path is signed by SHA1withECDSA"),
                Arguments.of(
                        "MD5",
                        rsa,
                        rsa.certificate(node.signedBy("MD5withRSA")),
                        null,
                        "uses an algorithm that this Java disables"),
                Arguments.of(
                        "SHA-1 within RSASSA-PSS",
                        probabilistic,
                        probabilistic.certificate(node.signedBy("SHA1withRSAandMGF1")),
                        null,
                        "is signed by RSASSA-PSS"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("weakPaths")
    void whatIsTooWeak_isRefused_whereverOnThePath(
            String what, CertificateIssuer anchor, Credential node, CertificateIssuer between, String message)
            throws Exception {
        X509Certificate[] sent = between == null
                ? new X509Certificate[] {node.certificate()}
                : new X509Certificate[] {node.certificate(), between.authority()};
        assertRefused(Reason.CERTIFICATE_WEAK, message, trusting(anchor), sent);
    }

    @Test
    void aBundlesCa_mayBeSignedByItselfWithAnything_butNotHaveAShortKey() throws Exception {
        CertificateIssuer old = CertificateIssuer.selfSigned(ca("of 2009").signedBy("SHA1withECDSA"), CLOCK);
        assertAccepted(trusting(old), old.certificate(alpha.nodeSpec(1)).certificate());
        CertificateIssuer small = CertificateIssuer.selfSigned(ca("small").keys(HostileCertificates.rsa(1024)), CLOCK);
        assertThatThrownBy(() -> trusting(small))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust bundle of alpha: ")
                .hasMessageContaining("'CN=small' has an RSA key of 1024 bits (expected: at least 2048); use a CA");
    }

    /** Or the alert would tell a stranger that its guess at a CA's name was right, and the namespace is served. */
    @Test
    void whatNoCaSigned_isUntrusted_whateverElseIsWrongWithIt() throws Exception {
        ClientTrust trust = trusting(root);
        CertificateIssuer namesake = CertificateIssuer.selfSigned(ca("root").asAuthority(1), CLOCK);
        CertificateSpec node = alpha.nodeSpec(1);
        CertificateIssuer deep = below(namesake, ca("deep").asAuthority(1));
        CertificateIssuer deeper = below(deep, ca("deeper"));
        for (X509Certificate[] sent : List.of(
                new X509Certificate[] {
                    namesake.certificate(node.validity(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1)))
                            .certificate()
                },
                new X509Certificate[] {
                    namesake.certificate(node.validity(NOW.plusSeconds(9), NOW.plusSeconds(99)))
                            .certificate()
                },
                new X509Certificate[] {
                    namesake.certificate(node.signedBy("SHA1withECDSA")).certificate()
                },
                new X509Certificate[] {
                    namesake.certificate(node.keys(HostileCertificates.rsa(1024)))
                            .certificate()
                },
                new X509Certificate[] {deeper.certificate(node).certificate(), deeper.authority(), deep.authority()})) {
            assertRefused(
                    Reason.CERTIFICATE_UNTRUSTED, "no CA of the namespace's trust bundle vouches for it", trust, sent);
        }
    }

    @Test
    void whatIsRefused_isDescribed_boundedAndPrintable() throws Exception {
        CertificateSpec odd = alpha.nodeSpec(1)
                .subject("O=" + "a".repeat(300) + ",CN=x\u202Ey\n")
                .validity(NOW.minusSeconds(9), NOW.minusSeconds(1));
        X509Certificate old = root.certificate(odd).certificate();
        assertThatThrownBy(() -> trusting(root).vet(new X509Certificate[] {old}))
                .isInstanceOfSatisfying(CertificateRefusedException.class, refused -> {
                    ShownCertificate shown = refused.from("127.0.0.1:1").certificate();
                    assertThat(shown.claimed()).isEqualTo(alpha.name().node(1));
                    assertThat(shown.issuer()).isEqualTo("CN=root");
                    assertThat(shown.serial()).isEqualTo(old.getSerialNumber().toString(16));
                    assertThat(shown.subject()).hasSizeLessThanOrEqualTo(201).doesNotContain("\u202E", "\n");
                });
    }
}
