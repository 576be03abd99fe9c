package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken from a namespace's files, and what is not. Two CAs vouch for alpha. */
class TrustPolicyTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private final TestClock clock = new TestClock(NOW);
    private IdentityConfig config;
    private NamespaceConfig namespace;
    private Path crl;
    private CertificateIssuer first;
    private CertificateIssuer second;
    private X509Certificate byFirst;
    private X509Certificate bySecond;
    private @Nullable TrustPolicy inForce;

    @BeforeEach
    void mint() throws IOException {
        DevCerts certs = DevCerts.in(dir, clock);
        certs.issue(NodeRange.of("alpha", 1, 2));
        config = ConfigReader.read(certs.configuration(), Map.of()).identity();
        crl = dir.resolve("alpha/crl.pem");
        NamespaceConfig plain = config.namespaces().get(0);
        namespace = new NamespaceConfig(
                plain.name(),
                plain.trustBundle(),
                Optional.of(crl),
                plain.jwks(),
                plain.issuer(),
                plain.requireTokenBinding());
        first = certs.namespace("alpha").issuer();
        CertificateSpec another =
                CertificateSpec.authority("alpha").subject("CN=second").validity(NOW, NOW.plus(Duration.ofDays(5)));
        second = CertificateIssuer.selfSigned(another, clock);
        byFirst = certs.namespace("alpha").node(1).credential().certificate();
        bySecond = second.certificate(certs.namespace("alpha").nodeSpec(2)).certificate();
        bundle(first, second);
        lists(first.revocationList() + second.revocationList());
        load();
    }

    private void bundle(CertificateIssuer... authorities) throws IOException {
        StringBuilder pem = new StringBuilder();
        for (CertificateIssuer authority : authorities) {
            pem.append(authority.credential().certificatePem());
        }
        Files.writeString(namespace.trustBundle(), pem);
    }

    private void lists(String pem) throws IOException {
        Files.writeString(crl, pem);
    }

    /** As a reload does it: beside what is in force, and in its place only where it is good. */
    private void load() {
        KeySource.Keys keys = KeySource.Keys.ofFile(
                new KeySetReader("RS256").load(namespace.jwks().address()));
        TrustBundle bundle = TrustPolicy.bundle(config, namespace, inForce, clock.instant());
        inForce = TrustPolicy.load(config, namespace, bundle, () -> keys, inForce, clock.instant());
    }

    private void assertMember(X509Certificate certificate) {
        assertThatCode(() -> inForce.vouch(new X509Certificate[] {certificate}, clock.instant()))
                .doesNotThrowAnyException();
    }

    private void assertNoMember(X509Certificate certificate, String why) {
        assertThatThrownBy(() -> inForce.vouch(new X509Certificate[] {certificate}, clock.instant()))
                .hasMessageContaining(why);
    }

    private void assertBad(String message) {
        assertThatThrownBy(this::load)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aCertificateOnAList_isWithdrawn_andNoOther() throws Exception {
        assertMember(byFirst);
        lists(first.revocationList(byFirst) + second.revocationList());
        load();
        assertNoMember(byFirst, "withdrawn by a revocation list");
        assertMember(bySecond);
    }

    @Test
    void aListInDer_isRead() throws Exception {
        String pem = first.revocationList(byFirst);
        Files.write(crl, Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z0-9 ]+-----", "")));
        load();
        assertNoMember(byFirst, "withdrawn");
    }

    @Test
    void anIntermediateCaOnItsRootsList_vouchesNoMore_evenWhereItStandsInTheBundle() throws Exception {
        CertificateIssuer root =
                CertificateIssuer.selfSigned(CertificateSpec.authority("root").asAuthority(1), clock);
        CertificateIssuer middle = CertificateIssuer.of(root.certificate(CertificateSpec.authority("middle")), clock);
        X509Certificate node = middle.certificate(CertificateSpec.client("CN=x", "spiffe://x/ns/alpha/node/1"))
                .certificate();
        bundle(root, middle);
        lists(root.revocationList());
        load();
        assertMember(node);
        lists(root.revocationList(middle.authority()));
        load();
        assertNoMember(node, "withdrawn");
    }

    @Test
    void aTrustPolicy_holdsUntilTheFirstEndOnThePath_theCasIncluded() throws Exception {
        assertThat(inForce.vouch(new X509Certificate[] {bySecond}, NOW))
                .isEqualTo(NOW.plus(Duration.ofDays(5)).toEpochMilli());
    }

    @Test
    void i3_aListByAnotherCa_orByANamesakeOfOurs_isBad() throws Exception {
        CertificateIssuer foreign = CertificateIssuer.selfSigned(CertificateSpec.authority("beta"), clock);
        lists(foreign.revocationList());
        assertBad(crl + ": the list by 'CN=Rollcall development CA beta");
        CertificateIssuer namesake = CertificateIssuer.selfSigned(CertificateSpec.authority("alpha"), clock);
        lists(namesake.revocationList());
        assertBad("is signed by no CA of the trust bundle");
    }

    @Test
    void i3_aListThatCannotBeRead_isBad() throws Exception {
        String good = first.revocationList();
        lists("");
        assertBad("holds no revocation list");
        lists(good.substring(0, good.length() - 60));
        assertBad("is damaged");
        lists(good + second.revocationList().substring(0, 200));
        assertBad("is damaged");
        Files.delete(crl);
        assertBad(crl + " cannot be read (NoSuchFileException)");
    }

    /** Gives a list by the first CA its own kind. */
    private interface Kind {
        void of(X509v2CRLBuilder list) throws Exception;
    }

    private String list(Kind kind) throws Exception {
        X509v2CRLBuilder list = new JcaX509v2CRLBuilder(first.credential().certificate(), Date.from(NOW));
        list.setNextUpdate(Date.from(NOW.plus(Duration.ofDays(1))));
        kind.of(list);
        ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA")
                .build(first.credential().key());
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(list.build(signer));
        }
        return pem.toString();
    }

    /** Taken for a whole list, either would make certificates valid again that are withdrawn. */
    @Test
    void i3_aListOfChangesOnly_orAboutOtherCas_isBad() throws Exception {
        lists(list(changes -> changes.addExtension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE))));
        assertBad("is a delta or an indirect list");

        GeneralNames other = new GeneralNames(new GeneralName(new X500Name("CN=another")));
        lists(list(indirect -> indirect.addCRLEntry(
                byFirst.getSerialNumber(),
                Date.from(NOW),
                new Extensions(new Extension(Extension.certificateIssuer, true, other.getEncoded())))));
        assertBad("is a delta or an indirect list");
    }

    @Test
    void aListOfAPartOfACasCertificates_counts() throws Exception {
        lists(list(part -> {
            part.addExtension(
                    Extension.issuingDistributionPoint,
                    true,
                    new IssuingDistributionPoint(null, true, false, null, false, false));
            part.addCRLEntry(byFirst.getSerialNumber(), Date.from(NOW), CRLReason.keyCompromise);
        }));
        load();
        assertNoMember(byFirst, "withdrawn");
    }

    @Test
    void i3_aListOfTheFuture_isBad() throws Exception {
        TestClock ahead = new TestClock(NOW.plusSeconds(60));
        lists(CertificateIssuer.of(first.credential(), ahead).revocationList());
        assertBad("is dated in the future");
    }

    @Test
    void i3_aListThatIsOlderThanTheOneInForce_isBad_andWhatItForgotStaysWithdrawn() throws Exception {
        lists(first.numberedRevocationList(7, byFirst) + second.revocationList());
        load();
        lists(first.numberedRevocationList(6) + second.revocationList());
        assertBad("the list by 'CN=Rollcall development CA alpha, OU=Rollcall development' is older (number 6 of ");
        assertNoMember(byFirst, "withdrawn");

        lists(first.numberedRevocationList(7) + second.revocationList());
        load(); // the same number again is the CA's own affair
        assertMember(byFirst);
    }

    @Test
    void i3_withoutNumbers_theDateTellsWhichListIsOlder() throws Exception {
        clock.advance(Duration.ofHours(1));
        lists(first.numberedRevocationList(7, byFirst));
        load();
        TestClock before = new TestClock(clock.instant().minusSeconds(60));
        lists(CertificateIssuer.of(first.credential(), before).revocationList());
        assertBad("is older (of ");
    }

    @Test
    void anOlderListBesideTheNewest_orAnotherCasOrOfATakenOutCa_isNotBad() throws Exception {
        lists(first.numberedRevocationList(7, byFirst));
        load();
        lists(first.numberedRevocationList(5)
                + first.numberedRevocationList(8, byFirst)
                + second.numberedRevocationList(1));
        load();
        assertNoMember(byFirst, "withdrawn");

        // A CA that begins again, with the same name and other keys, numbers its lists anew.
        CertificateIssuer again = CertificateIssuer.selfSigned(CertificateSpec.authority("alpha"), clock);
        bundle(again, second);
        lists(again.numberedRevocationList(1));
        load();
        assertThat(inForce.withdrawn().lists()).hasSize(1);
    }

    @Test
    void aListOutOfDate_isTaken_andSaysSo() throws Exception {
        clock.advance(Duration.ofDays(6)); // lists are due when their CA ends
        lists(second.revocationList(byFirst, bySecond));
        load();

        assertThat(inForce.withdrawn().nextDue())
                .hasValueSatisfying(due -> assertThat(due).isBefore(clock.instant()));
        assertThat(inForce.withdrawn().contains(bySecond)).isTrue();
    }

    @Test
    void i3_whereAllCasHaveEnded_theBundleIsBad_asSomethingNew() throws Exception {
        clock.advance(Duration.ofDays(6));
        inForce = null;
        bundle(second);
        assertBad("'CN=second' expired on 2030-01-06T00:00:00Z; renew it");
        bundle(second, second);
        assertBad("expired on 2030-01-06T00:00:00Z, and so did all others there; renew it");
    }

    @Test
    void aCaThatHasEnded_besideOthers_isTakenWithThem_andVouchesForNobody() throws Exception {
        clock.advance(Duration.ofDays(6));
        inForce = null;
        load();
        assertMember(byFirst);
        assertNoMember(bySecond, "");
        assertThat(inForce.bundle().ended(clock.instant())).containsExactly("'CN=second' on 2030-01-06T00:00:00Z");
        assertThat(inForce.bundle().ended(NOW)).isEmpty();
    }

    @Test
    void i2_aCaThatEndedWhileInForce_doesNotKeepAKeyIn() throws Exception {
        clock.advance(Duration.ofDays(6)); // second has ended
        Files.writeString(Path.of(namespace.jwks().address()), "{\"keys\":[]}");
        load();
        assertMember(byFirst);
        assertNoMember(bySecond, "");
    }

    @Test
    void i2_theLastCaThatEndedWhileInForce_doesNotKeepAKeyIn() throws Exception {
        bundle(second);
        lists(second.revocationList());
        load();
        clock.advance(Duration.ofDays(6));
        Files.writeString(Path.of(namespace.jwks().address()), "{\"keys\":[]}");
        load();
        assertThat(inForce.tokens().keys().known().count()).isZero();
    }

    @Test
    void i2_theListOfACaThatIsTakenOut_doesNotKeepItIn() throws Exception {
        bundle(first);
        load();
        assertNoMember(bySecond, "vouches");
        assertMember(byFirst);
    }
}
