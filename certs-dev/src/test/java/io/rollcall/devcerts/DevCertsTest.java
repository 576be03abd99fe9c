package io.rollcall.devcerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import io.rollcall.devcerts.testing.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevCertsTest {
    static final Instant NOW = Instant.parse("2030-01-01T12:00:00.5Z");

    private static final NodeRange ALPHA = NodeRange.of("alpha", 1, 2);
    private static final NodeRange BETA = NodeRange.of("beta", 1, 1);

    @TempDir
    Path temp;

    private final TestClock clock = new TestClock(NOW);
    private Path dir;
    private DevCerts certs;

    @BeforeEach
    void setUp() {
        dir = temp.resolve("dev-certs");
        certs = DevCerts.in(dir, clock);
    }

    @Test
    void issue_writesTheFilesOfTheContract() throws IOException {
        certs.issue(ALPHA, BETA);

        assertThat(files().keySet().stream().filter(name -> !name.startsWith(".issuer/")))
                .containsExactlyInAnyOrder(
                        "gateway.yaml",
                        "gateway/ca.pem",
                        "gateway/cert.pem",
                        "gateway/key.pem",
                        "alpha/ca.pem",
                        "alpha/jwks.json",
                        "alpha/node-1/cert.pem",
                        "alpha/node-1/key.pem",
                        "alpha/node-1/token.jwt",
                        "alpha/node-2/cert.pem",
                        "alpha/node-2/key.pem",
                        "alpha/node-2/token.jwt",
                        "alpha/operator-admin/cert.pem",
                        "alpha/operator-admin/key.pem",
                        "alpha/operator-admin/token.jwt",
                        "beta/ca.pem",
                        "beta/jwks.json",
                        "beta/node-1/cert.pem",
                        "beta/node-1/key.pem",
                        "beta/node-1/token.jwt",
                        "beta/operator-admin/cert.pem",
                        "beta/operator-admin/key.pem",
                        "beta/operator-admin/token.jwt");
    }

    @Test
    void privateFiles_areTheOwnersAlone() throws IOException {
        certs.issue(ALPHA);

        assertThat(mode(".issuer")).isEqualTo("rwx------");
        assertThat(files().keySet().stream().filter(name -> name.endsWith("key.pem") || name.endsWith(".jwt")))
                .hasSize(3 + 4 + 3)
                .allSatisfy(name -> assertThat(mode(name)).isEqualTo("rw-------"));
        assertThat(Files.readString(dir.resolve("alpha/node-1/key.pem"))).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(Files.readString(dir.resolve("alpha/jwks.json"))).doesNotContain("\"d\"");
    }

    @Test
    void aLaxIssuerDirectory_isClosed() throws IOException {
        certs.issue(ALPHA);
        Files.setPosixFilePermissions(dir.resolve(".issuer"), PosixFilePermissions.fromString("rwxr-xr-x"));

        certs.issue(ALPHA);

        assertThat(mode(".issuer")).isEqualTo("rwx------");
    }

    @Test
    void gatewayYaml_namesEveryNamespace() throws IOException {
        certs.issue(ALPHA, NodeRange.of("0", 1, 1), NodeRange.of("no", 1, 1));

        assertThat(Files.readString(dir.resolve("gateway.yaml")).lines().filter(line -> !line.startsWith("#")))
                .containsExactly(
                        "dev: true",
                        "trust-domain: rollcall.dev",
                        "audience: rollcall-gateway",
                        "certificate: gateway/cert.pem",
                        "key: gateway/key.pem",
                        "max-token-lifetime: 31d",
                        "namespaces:",
                        "  \"0\":",
                        "    trust-bundle: 0/ca.pem",
                        "    jwks: 0/jwks.json",
                        "    issuer: https://issuer.rollcall.dev/0",
                        "  alpha:",
                        "    trust-bundle: alpha/ca.pem",
                        "    jwks: alpha/jwks.json",
                        "    issuer: https://issuer.rollcall.dev/alpha",
                        "  \"no\":",
                        "    trust-bundle: no/ca.pem",
                        "    jwks: no/jwks.json",
                        "    issuer: https://issuer.rollcall.dev/no");
    }

    @Test
    void aSecondRun_changesNothing() throws IOException {
        assertThat(certs.issue(ALPHA, BETA)).hasSize(files().size() - 1); // all but the lock
        Map<String, String> before = files();

        assertThat(certs.issue(ALPHA, BETA)).isEmpty();

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void moreNodesAndNamespaces_leaveTheOthersAsTheyWere() throws IOException {
        certs.issue(ALPHA);
        Map<String, String> before = files();

        certs.issue(NodeRange.of("alpha", 3, 4), BETA);

        Map<String, String> after = files();
        assertThat(after).containsKeys("alpha/node-4/cert.pem", "beta/node-1/token.jwt");
        assertThat(after.get("gateway.yaml")).contains("\n  alpha:\n", "\n  beta:\n");
        before.remove("gateway.yaml");
        assertThat(after).containsAllEntriesOf(before);
        assertThat(certs.nodes(new NamespaceName("alpha"))).isEqualTo(4);
    }

    @Test
    void moreThanADayBeforeTheEnd_nothingIsRenewed() throws IOException {
        certs.issue(ALPHA);
        Map<String, String> before = files();

        clock.advance(Duration.ofDays(29).minusSeconds(5));
        certs.issue(ALPHA);

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void withinADayOfTheEnd_everythingIsRenewed_eachCertificateWithItsToken() throws Exception {
        certs.issue(ALPHA, BETA);
        Map<String, String> before = files();
        X509Certificate oldLeaf = alpha().node(1).credential().certificate();

        clock.advance(Duration.ofDays(29).plusHours(1));
        certs.issue(BETA); // alpha, though not named, is in gateway.yaml and must not end either

        Map<String, String> after = files();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after.keySet().stream().filter(name -> !after.get(name).equals(before.get(name))))
                .containsExactlyInAnyOrderElementsOf(after.keySet().stream()
                        .filter(name -> name.matches(".*(cert|ca)\\.pem|[^.].*/key\\.pem|.*\\.jwt"))
                        .toList());
        Instant now = clock.instant();
        Member node = alpha().node(1);
        Trust.path(alpha().issuer().authority(), now, node.credential().certificate());
        Trust.path(alpha().issuer().authority(), now, oldLeaf); // the CA kept its key
        assertBound(alpha(), node);
        assertThat(node.credential().certificate().getNotAfter()).isAfter(now.plus(Duration.ofDays(29)));
    }

    @Test
    void aTokenThatIsNotTheCertificates_isMadeAnew() throws Exception {
        certs.issue(ALPHA);
        Files.copy(dir.resolve("alpha/node-2/token.jwt"), token(), StandardCopyOption.REPLACE_EXISTING);

        assertThat(certs.issue(ALPHA)).containsExactly(token());
        assertBound(alpha(), alpha().node(1));

        Files.writeString(token(), "rubbish");
        assertThat(certs.issue(ALPHA)).containsExactly(token());
    }

    @Test
    void aRunCutOffBetweenKeyAndCertificate_isMadeGood() throws Exception {
        certs.issue(ALPHA);
        Files.writeString(
                dir.resolve("alpha/node-1/key.pem"), Pem.of(Keys.generate().getPrivate()));
        Files.delete(dir.resolve("alpha/node-2/cert.pem"));

        assertThat(certs.issue(ALPHA)).hasSize(6);

        assertThat(CredentialFiles.matches(alpha().node(1).credential())).isTrue();
        assertBound(alpha(), alpha().node(1));
        assertBound(alpha(), alpha().node(2));
    }

    @Test
    void aLostCa_isReplacedWithAllThatItSigned() throws Exception {
        certs.issue(ALPHA, BETA);
        Files.delete(dir.resolve(".issuer/alpha/key.pem"));
        Map<String, String> before = files();

        certs.issue(ALPHA);

        Trust.path(
                alpha().issuer().authority(),
                clock.instant(),
                alpha().node(1).credential().certificate());
        assertThat(files().get("alpha/ca.pem")).isNotEqualTo(before.get("alpha/ca.pem"));
        assertThat(files().get("beta/ca.pem")).isEqualTo(before.get("beta/ca.pem"));
    }

    @Test
    void aDamagedFile_isNamed() throws IOException {
        certs.issue(ALPHA);
        Files.writeString(dir.resolve("alpha/node-1/cert.pem"), "rubbish");

        assertThatThrownBy(() -> certs.issue(ALPHA))
                .isInstanceOf(DevCertsException.class)
                .hasMessageContaining("alpha/node-1/cert.pem is damaged")
                .hasMessageContaining("delete it and run again");
    }

    @Test
    void aKeyThatIsNotOne_isNamed() throws Exception {
        certs.issue(ALPHA);
        Path key = dir.resolve("alpha/node-1/key.pem");
        Files.writeString(key, "rubbish");
        assertThatThrownBy(() -> certs.issue(ALPHA))
                .isInstanceOf(DevCertsException.class)
                .hasMessageContaining("alpha/node-1/key.pem is damaged (holds no private key");

        Files.writeString(
                key,
                Pem.of(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate()));
        assertThatThrownBy(() -> certs.issue(ALPHA))
                .isInstanceOf(DevCertsException.class)
                .hasMessageContaining("alpha/node-1/key.pem is damaged (holds a key that is not EC)");
    }

    @Test
    void certificatesOfSomebodyElse_areNotOverwritten() throws IOException {
        Files.createDirectories(dir.resolve("gateway"));
        Files.writeString(dir.resolve("gateway/cert.pem"), "precious");

        assertThatThrownBy(() -> certs.issue(ALPHA))
                .isInstanceOf(DevCertsException.class)
                .hasMessageContaining("did not make (gateway)");
        assertThat(files()).containsOnlyKeys("gateway/cert.pem");
    }

    @Test
    void manyRunsAtOnce_agree() throws Exception {
        Callable<List<Path>> run = () -> DevCerts.in(dir, clock).issue(ALPHA);
        var threads = Executors.newFixedThreadPool(4);
        try {
            int wrote = 0;
            for (Future<List<Path>> result : threads.invokeAll(List.of(run, run, run, run))) {
                wrote += result.get().isEmpty() ? 0 : 1;
            }
            assertThat(wrote).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aNode_isWhatTheGatewayExpects() throws Exception {
        certs.issue(ALPHA);
        Member node = alpha().node(2);
        X509Certificate certificate = node.credential().certificate();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);

        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://rollcall.dev/ns/alpha/node/2"));
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getKeyUsage())
                .containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
        assertThat(certificate.getNonCriticalExtensionOIDs()).contains("2.5.29.14", "2.5.29.35");
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getSerialNumber().signum()).isEqualTo(1);
        assertThat(certificate.getNotBefore()).isEqualTo(now.minusSeconds(60));
        assertThat(certificate.getNotAfter()).isEqualTo(now.plus(Duration.ofDays(30)));
        Trust.path(published("alpha/ca.pem"), now, certificate);
        assertThatThrownBy(() -> Trust.path(published("gateway/ca.pem"), now, certificate))
                .isInstanceOf(CertPathValidatorException.class);

        JWTClaimsSet claims = assertBound(alpha(), node);
        assertThat(claims.getIssuer()).isEqualTo("https://issuer.rollcall.dev/alpha");
        assertThat(claims.getSubject()).isEqualTo("spiffe://rollcall.dev/ns/alpha/node/2");
        assertThat(claims.getAudience()).containsExactly("rollcall-gateway");
        assertThat(claims.getIssueTime()).isEqualTo(now);
        assertThat(claims.getExpirationTime()).isEqualTo(certificate.getNotAfter());
        assertThat(claims.getJWTID())
                .isNotEqualTo(assertBound(alpha(), alpha().node(1)).getJWTID());
    }

    @Test
    void theOperator_isNamedAdmin() throws Exception {
        certs.issue(ALPHA);

        Member operator = alpha().operator();

        assertThat(operator.credential().certificate().getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://rollcall.dev/ns/alpha/operator/admin"));
        assertThat(assertBound(alpha(), operator).getSubject())
                .isEqualTo("spiffe://rollcall.dev/ns/alpha/operator/admin");
    }

    @Test
    void theServer_isThisMachine() throws Exception {
        certs.issue(ALPHA);
        X509Certificate server = certs.server().certificate();

        assertThat(server.getSubjectAlternativeNames())
                .containsExactly(List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        Trust.path(published("gateway/ca.pem"), clock.instant(), server);
    }

    @Test
    void aCa_isMarkedAndSignsLeavesOnly() throws Exception {
        certs.issue(ALPHA);
        X509Certificate ca = published("alpha/ca.pem");

        assertThat(ca.getSubjectX500Principal().getName())
                .isEqualTo("CN=Rollcall development CA alpha,OU=" + DevCerts.DEVELOPMENT_MARK);
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getKeyUsage()).containsExactly(false, false, false, false, false, true, true, false, false);
        assertThat(ca.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    }

    @Test
    void aNodeAddedLater_doesNotOutliveItsCa() {
        certs.issue(ALPHA);
        clock.advance(Duration.ofDays(20));
        certs.issue(NodeRange.of("alpha", 9, 9));

        assertThat(alpha().node(9).credential().certificate().getNotAfter())
                .isEqualTo(alpha().issuer().authority().getNotAfter());
    }

    @Test
    void open_needsARun() {
        assertThatThrownBy(() -> DevCerts.open(dir))
                .isInstanceOf(DevCertsException.class)
                .hasMessageContaining("run scripts/dev-certs");
        certs.issue(ALPHA);
        assertThat(DevCerts.open(dir).namespaces()).containsExactly(new NamespaceName("alpha"));
        assertThatThrownBy(() -> DevCerts.open(dir).namespace("beta")).isInstanceOf(DevCertsException.class);
        assertThatThrownBy(() -> alpha().node(7)).isInstanceOf(DevCertsException.class);
    }

    @Test
    void tooManyNodes_areRefusedOverSeveralRuns() {
        assertThatThrownBy(() -> certs.issue(NodeRange.of("alpha", 1, 10_000), NodeRange.of("alpha", 20_000, 20_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("namespace alpha: 10001 nodes (expected: at most 10000)");
    }

    /** The token verifies against the published keys and belongs to the certificate beside it. */
    private JWTClaimsSet assertBound(DevNamespace namespace, Member member) throws Exception {
        String jwks = Files.readString(dir.resolve(namespace.name() + "/jwks.json"));
        JWTClaimsSet claims = Trust.token(jwks, member.token());
        assertThat(claims.getClaim("cnf"))
                .isEqualTo(Map.of("x5t#S256", member.credential().thumbprint()));
        return claims;
    }

    private DevNamespace alpha() {
        return certs.namespace("alpha");
    }

    private Path token() {
        return dir.resolve("alpha/node-1/token.jwt");
    }

    private X509Certificate published(String name) throws Exception {
        return Pem.certificate(Files.readString(dir.resolve(name)));
    }

    private String mode(String name) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> files() throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            return all.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            file -> dir.relativize(file).toString(), DevCertsTest::text, (a, b) -> a, TreeMap::new));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
