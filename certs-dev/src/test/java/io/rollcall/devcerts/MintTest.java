package io.rollcall.devcerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import io.rollcall.devcerts.CertificateSpec.KeyUse;
import io.rollcall.devcerts.CertificateSpec.Purpose;
import io.rollcall.devcerts.testing.TestClock;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The odd material that other modules' tests ask for is as odd as they asked, and otherwise sound. */
class MintTest {
    private final TestClock clock = new TestClock(DevCertsTest.NOW);
    private DevNamespace alpha;
    private DevNamespace beta;

    @BeforeEach
    void setUp(@TempDir Path dir) {
        DevCerts certs = DevCerts.in(dir, clock);
        certs.issue(NodeRange.of("alpha", 1, 1), NodeRange.of("beta", 1, 1));
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
    }

    @Test
    void aCertificate_canClaimTwoIdentities() throws Exception {
        X509Certificate certificate =
                certificate(alpha.nodeSpec(7).uri(beta.name().node(7)));

        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactly(
                        List.of(6, "spiffe://rollcall.dev/ns/alpha/node/7"),
                        List.of(6, "spiffe://rollcall.dev/ns/beta/node/7"));
        Trust.path(alpha.issuer().authority(), clock.instant(), certificate);
    }

    @Test
    void aCertificate_canHaveNoNameNoUseAndNoPurpose() throws Exception {
        X509Certificate certificate =
                certificate(alpha.nodeSpec(7).withoutNames().keyUses().purposes());

        assertThat(certificate.getSubjectAlternativeNames()).isNull();
        assertThat(certificate.getKeyUsage()).isNull();
        assertThat(certificate.getExtendedKeyUsage()).isNull();
    }

    @Test
    void aCertificate_canBeACaOrAnotherKind() throws Exception {
        X509Certificate certificate = certificate(alpha.nodeSpec(7)
                .asAuthority(3)
                .subject("CN=odd")
                .keyUses(KeyUse.KEY_ENCIPHERMENT, KeyUse.KEY_AGREEMENT)
                .purposes(Purpose.SERVER_AUTH)
                .host("example.org"));

        assertThat(certificate.getBasicConstraints()).isEqualTo(3);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=odd");
        assertThat(certificate.getKeyUsage())
                .containsExactly(false, false, true, false, true, false, false, false, false);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getSubjectAlternativeNames()).contains(List.of(2, "example.org"));
    }

    @Test
    void aCertificate_canBeOver() {
        X509Certificate certificate = certificate(alpha.nodeSpec(7)
                .validity(
                        clock.instant().minus(Duration.ofDays(2)),
                        clock.instant().minus(Duration.ofDays(1))));

        assertThatThrownBy(() -> Trust.path(alpha.issuer().authority(), clock.instant(), certificate))
                .isInstanceOf(CertPathValidatorException.class)
                .hasMessageContaining("validity check failed");
    }

    @Test
    void aCertificate_canKeepItsKeys() {
        var keys = Keys.generate();

        assertThat(certificate(alpha.nodeSpec(7).keys(keys)).getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(certificate(alpha.nodeSpec(7)).getPublicKey()).isNotEqualTo(keys.getPublic());
    }

    @Test
    void aCaOfTheSameName_isAnotherCa() {
        CertificateIssuer impostor = CertificateIssuer.selfSigned(CertificateSpec.authority("alpha"), clock);
        X509Certificate certificate = impostor.certificate(alpha.nodeSpec(7)).certificate();

        assertThat(certificate.getIssuerX500Principal())
                .isEqualTo(alpha.issuer().authority().getSubjectX500Principal());
        assertThatThrownBy(() -> Trust.path(alpha.issuer().authority(), clock.instant(), certificate))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void aCa_canShowItself() throws Exception {
        Credential impostor =
                CertificateIssuer.selfSigned(alpha.nodeSpec(7), clock).credential();

        assertThat(CredentialFiles.matches(impostor)).isTrue();
        Trust.path(impostor.certificate(), clock.instant(), impostor.certificate());
    }

    @Test
    void aCaBelowACa_isRefusedForItsPathLength() throws Exception {
        CertificateSpec ca = CertificateSpec.authority("upper");

        assertThat(pathBelow(ca.asAuthority(1))).isNull();
        assertThat(pathBelow(ca)).hasMessageContaining("pathLenConstraint");
    }

    @Test
    void aRevokedCertificate_isOnTheList() throws Exception {
        X509Certificate good = certificate(alpha.nodeSpec(7));
        X509Certificate withdrawn = certificate(alpha.nodeSpec(8));
        X509Certificate ca = alpha.issuer().authority();
        String list = alpha.issuer().revocationList(withdrawn);

        Trust.pathAndList(ca, clock.instant(), list, good);
        assertThatThrownBy(() -> Trust.pathAndList(ca, clock.instant(), list, withdrawn))
                .isInstanceOf(CertPathValidatorException.class)
                .hasMessageContaining("revoked");
    }

    @Test
    void aToken_canSayAnything() throws Exception {
        Member node = alpha.mint(alpha.nodeSpec(7));
        TokenSpec spec = alpha.tokens().specFor(node.credential().certificate());
        String token = alpha.tokens()
                .token(spec.subject("someone")
                        .audience("elsewhere")
                        .issuedAt(clock.instant().minusSeconds(20))
                        .expiresAt(clock.instant().minusSeconds(10))
                        .unbound()
                        .without("jti")
                        .claim("admin", true)
                        .header("jku", "https://example.org/keys"));

        var claims = Trust.token(alpha.tokens().jwks(), token);
        assertThat(claims.getSubject()).isEqualTo("someone");
        assertThat(claims.getAudience()).containsExactly("elsewhere");
        assertThat(claims.getIssueTime())
                .isEqualTo(clock.instant().minusMillis(500).minusSeconds(20));
        assertThat(claims.getExpirationTime()).isBefore(clock.instant());
        assertThat(claims.getClaims()).containsEntry("admin", true).doesNotContainKeys("cnf", "jti");
        assertThat(JWTParser.parse(token).getHeader().toJSONObject()).containsEntry("jku", "https://example.org/keys");
    }

    @Test
    void aToken_canBeAnythingAtAll_andYetBeSigned() throws Exception {
        SignedJWT token = SignedJWT.parse(alpha.tokens().signed("{\"alg\":\"ES256\"}", "no JSON"));

        assertThat(token.verify(new ECDSAVerifier(alpha.tokens().publicKey()))).isTrue();
        assertThat(token.getPayload()).hasToString("no JSON");
    }

    @Test
    void aToken_canBeBoundToAnotherCertificate() throws Exception {
        Credential mine = alpha.issuer().certificate(alpha.nodeSpec(7));
        Credential other = alpha.issuer().certificate(alpha.nodeSpec(8));
        String token =
                alpha.tokens().token(alpha.tokens().specFor(mine.certificate()).boundTo(other.certificate()));

        var claims = Trust.token(alpha.tokens().jwks(), token);
        assertThat(claims.getSubject()).isEqualTo(alpha.name().node(7));
        assertThat(claims.getClaim("cnf")).isEqualTo(Map.of("x5t#S256", other.thumbprint()));
    }

    @Test
    void aToken_canBeSignedByAnotherNamespace_evenUnderThisOnesKeyId() {
        TokenSpec spec = alpha.tokens()
                .specFor(alpha.mint(alpha.nodeSpec(7)).credential().certificate());
        String forged = beta.tokens().token(spec);

        assertThatThrownBy(() -> Trust.token(alpha.tokens().jwks(), forged))
                .isInstanceOf(BadJOSEException.class)
                .hasMessageContaining("Invalid signature");
    }

    @Test
    void aToken_canUseOtherAlgorithms() throws Exception {
        TokenSpec spec = alpha.tokens()
                .specFor(alpha.mint(alpha.nodeSpec(7)).credential().certificate());
        byte[] publicKey = alpha.tokens().publicKey().toECPublicKey().getEncoded();

        assertThat(algorithm(spec.unsigned())).isEqualTo("none");
        assertThat(alpha.tokens().token(spec.unsigned())).endsWith(".");
        assertThat(algorithm(spec.signedWith(JWSAlgorithm.HS256, new MACSigner(publicKey))))
                .isEqualTo("HS256");
        assertThat(JWTParser.parse(
                                alpha.tokens().token(spec.withoutHeader("kid").withoutHeader("typ")))
                        .getHeader()
                        .toJSONObject())
                .containsOnlyKeys("alg");
    }

    @Test
    void secrets_areNotPrinted() {
        Member node = alpha.mint(alpha.nodeSpec(7));

        assertThat(node.toString()).doesNotContain(node.token()).isEqualTo("Member[Credential[CN=node-7, O=alpha]]");
    }

    private X509Certificate certificate(CertificateSpec spec) {
        return alpha.issuer().certificate(spec).certificate();
    }

    private String algorithm(TokenSpec spec) throws Exception {
        return JWTParser.parse(alpha.tokens().token(spec))
                .getHeader()
                .getAlgorithm()
                .getName();
    }

    /** What the JDK holds against a leaf below a CA below {@code ca}; null for nothing. */
    private Exception pathBelow(CertificateSpec ca) throws Exception {
        // One more on top, because the JDK takes an anchor at its word and looks at path lengths below it only.
        CertificateIssuer top =
                CertificateIssuer.selfSigned(CertificateSpec.authority("top").asAuthority(5), clock);
        CertificateIssuer upper = CertificateIssuer.of(top.certificate(ca), clock);
        CertificateIssuer lower = CertificateIssuer.of(upper.certificate(CertificateSpec.authority("lower")), clock);
        X509Certificate leaf = lower.certificate(alpha.nodeSpec(7)).certificate();
        try {
            Trust.path(top.authority(), clock.instant(), leaf, lower.authority(), upper.authority());
            return null;
        } catch (CertPathValidatorException e) {
            return e;
        }
    }
}
