package io.rollcall.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PEM files as issuers, editors and people write them.
 *
 * <p>Planted bugs: blocks of other kinds not passed over; SEC1's curve taken from the block beside it alone; MIME's lax
 * base64.
 */
class PemTest {
    private static Minted root;
    private static Minted leaf;

    @BeforeAll
    static void mint() throws Exception {
        root = Minted.selfSigned("CN=root", "RSA");
        leaf = root.issue("CN=leaf", "EC");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> spellings() throws Exception {
        String both = leaf.pem() + root.pem();
        String key = block("PRIVATE KEY", leaf.keys().getPrivate().getEncoded());
        String list = Minted.pem(root.revocationList());
        return Stream.of(
                Arguments.of("plain", bytes(both)),
                Arguments.of(
                        "text before, between and behind",
                        bytes("Subject: ü\n" + leaf.pem() + "issuer\n" + root.pem() + "end")),
                Arguments.of("openssl's bag attributes", bytes("Bag Attributes\n    friendlyName: x\n" + both)),
                Arguments.of("UTF-8 with a byte order mark", bytes("\uFEFF" + both)),
                Arguments.of("UTF-16, as PowerShell writes it", ("\uFEFF" + both).getBytes(StandardCharsets.UTF_16LE)),
                Arguments.of("CRLF", bytes(both.replace("\n", "\r\n"))),
                Arguments.of("CR alone", bytes(both.replace("\n", "\r"))),
                Arguments.of("indented", bytes(both.replace("-----BEGIN", "  -----BEGIN"))),
                Arguments.of("no line end behind", bytes(both.strip())),
                Arguments.of("one line each", bytes(oneLine(leaf.pem()) + oneLine(root.pem()))),
                Arguments.of("a key in front", bytes(key + both)),
                Arguments.of("a list between", bytes(leaf.pem() + list + root.pem())),
                Arguments.of("EC PARAMETERS in front", bytes(block("EC PARAMETERS", new byte[] {6, 0}) + both)),
                Arguments.of(
                        "an unknown kind, damaged", bytes("-----BEGIN MAGIC-----\n!\n-----END MAGIC-----\n" + both)),
                Arguments.of("an unknown kind without end", bytes("-----BEGIN MAGIC-----\n" + both)),
                Arguments.of("its older name", bytes(both.replace(" CERTIFICATE", " X509 CERTIFICATE"))));
    }

    private static String oneLine(String pem) {
        return pem.replaceAll("(?<!-)\\n(?!-)", "");
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, bytes("\n")).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spellings")
    void certificates_areReadInTheirOrder_whateverStandsAround(String what, byte[] content) throws Exception {
        assertThat(Pem.certificates(content)).containsExactly(leaf.certificate(), root.certificate());
    }

    @Test
    void aCertificateInDer_isRead() throws Exception {
        assertThat(Pem.certificates(leaf.certificate().getEncoded())).containsExactly(leaf.certificate());
    }

    @Test
    void revocationLists_areReadFromPemWithOthers_andFromDer() throws Exception {
        String pem = "text\n" + root.pem() + Minted.pem(root.revocationList());
        assertThat(Pem.revocationLists(bytes(pem))).hasSize(1);
        assertThat(Pem.revocationLists(root.revocationList().getEncoded())).hasSize(1);
        assertThatThrownBy(() -> Pem.revocationLists(bytes(root.pem())))
                .isInstanceOf(PemException.class)
                .hasMessage("holds no revocation list (expected 'BEGIN X509 CRL', or DER; found CERTIFICATE)");
    }

    static Stream<Arguments> keys() throws Exception {
        Minted rsa = root;
        PrivateKeyInfo ec = PrivateKeyInfo.getInstance(leaf.keys().getPrivate().getEncoded());
        ECPrivateKey bare = ECPrivateKey.getInstance(ec.parsePrivateKey());
        byte[] curve = X962Parameters.getInstance(ec.getPrivateKeyAlgorithm().getParameters())
                .getEncoded();
        String sec1WithoutCurve = block("EC PRIVATE KEY", new ECPrivateKey(256, bare.getKey()).getEncoded());
        String encrypted = block("ENCRYPTED PRIVATE KEY", new byte[40]);
        Minted ed = new Minted(
                leaf.certificate(),
                java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        return Stream.of(
                Arguments.of(
                        "EC, PKCS#8",
                        leaf,
                        block("PRIVATE KEY", leaf.keys().getPrivate().getEncoded())),
                Arguments.of(
                        "RSA, PKCS#8",
                        rsa,
                        block("PRIVATE KEY", rsa.keys().getPrivate().getEncoded())),
                Arguments.of(
                        "Ed25519, PKCS#8",
                        ed,
                        block("PRIVATE KEY", ed.keys().getPrivate().getEncoded())),
                Arguments.of("EC, SEC1, as cert-manager writes it", leaf, Minted.olderPem(leaf.keys())),
                Arguments.of(
                        "EC, SEC1, as openssl ecparam -genkey writes it",
                        leaf,
                        block("EC PARAMETERS", curve) + Minted.olderPem(leaf.keys())),
                Arguments.of(
                        "EC, SEC1, its curve beside it alone", leaf, block("EC PARAMETERS", curve) + sec1WithoutCurve),
                Arguments.of("RSA, PKCS#1", rsa, Minted.olderPem(rsa.keys())),
                Arguments.of(
                        "behind its certificate, CRLF, with a mark",
                        leaf,
                        ("\uFEFFx\n" + leaf.pem() + Minted.olderPem(leaf.keys())).replace("\n", "\r\n")),
                Arguments.of("behind one with a password", rsa, encrypted + Minted.olderPem(rsa.keys())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void aKeyWithoutPassword_isRead_inEachForm(String what, Minted minted, String pem) throws Exception {
        var key = Pem.privateKey(bytes(pem));
        assertThat(key.getEncoded()).startsWith(0x30);
        assertThat(key).isInstanceOf(minted.keys().getPrivate().getClass());
        if (key instanceof java.security.interfaces.ECPrivateKey ec) {
            assertThat(ec.getS())
                    .isEqualTo(((java.security.interfaces.ECPrivateKey)
                                    minted.keys().getPrivate())
                            .getS());
        } else {
            assertThat(key).isEqualTo(minted.keys().getPrivate());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp384r1", "secp521r1"})
    void aKeyOnALargerCurve_isReadFromSec1(String curve) throws Exception {
        var generator = java.security.KeyPairGenerator.getInstance("EC");
        generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
        var keys = generator.generateKeyPair();
        var key = (java.security.interfaces.ECPrivateKey) Pem.privateKey(bytes(Minted.olderPem(keys)));
        assertThat(key.getS()).isEqualTo(((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS());
    }

    static Stream<Arguments> faults() throws Exception {
        String key = Minted.olderPem(leaf.keys());
        String cut = block("EC PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1});
        return Stream.of(
                Arguments.of("", "holds no private key (expected PEM, 'BEGIN PRIVATE KEY')"),
                Arguments.of(leaf.pem(), "holds no private key (expected PEM, 'BEGIN PRIVATE KEY'; found CERTIFICATE)"),
                Arguments.of(
                        block("ENCRYPTED PRIVATE KEY", new byte[40]),
                        "holds a private key with a password (expected one without;"),
                Arguments.of(
                        key.replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
                        "holds a private key with a password"),
                Arguments.of(key.substring(0, 100), "is damaged: the block 'EC PRIVATE KEY' in line 1 has no end"),
                Arguments.of(
                        "x\n" + key.replaceFirst("M", "-"),
                        "is damaged: the block 'EC PRIVATE KEY' in line 2 is not base64"),
                Arguments.of(cut, "holds an EC private key without its curve"),
                Arguments.of(
                        block("PRIVATE KEY", new byte[40]),
                        "holds no usable private key: the block 'PRIVATE KEY' in line 1"),
                Arguments.of(block("OPENSSH PRIVATE KEY", new byte[40]), "found OPENSSH PRIVATE KEY"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFileWithoutUsableKey_saysWhatIsThere_andQuotesNothing(String pem, String message) {
        assertThatThrownBy(() -> Pem.privateKey(bytes(pem)))
                .isInstanceOf(PemException.class)
                .hasMessageContaining(message)
                .satisfies(e ->
                        assertThat(e.getMessage()).doesNotContain(pem.length() < 60 ? "\0" : pem.substring(35, 60)));
    }

    @Test
    void aDamagedCertificate_isNamedByNumberAndLine() throws Exception {
        String second = root.pem();
        String bad = leaf.pem() + block("CERTIFICATE", new byte[] {0x30, 1, 0});
        assertThatThrownBy(() -> Pem.certificates(bytes(bad)))
                .hasMessageMatching("is damaged: its certificate 2, in line \\d+: .*");
        // The JDK's own reader takes what has lost its end for the next one's beginning.
        String cut = leaf.pem() + second.substring(0, 100) + "\n" + second;
        assertThatThrownBy(() -> Pem.certificates(bytes(cut))).hasMessageContaining("is not base64");
        assertThatThrownBy(() -> Pem.certificates(bytes("no PEM"))).hasMessageStartingWith("holds no certificate");
        byte[] trusted = bytes(leaf.pem().replace("CERTIFICATE", "TRUSTED CERTIFICATE"));
        assertThatThrownBy(() -> Pem.certificates(trusted)).hasMessageContaining("found TRUSTED CERTIFICATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE"})
    void noBytes_makeItFailOtherwise(String charset) {
        for (int length = 0; length < 80; length++) {
            String text = "-----BEGIN EC PRIVATE KEY-----\nMC==\n-----END EC PRIVATE KEY-----"
                    .substring(0, Math.min(length, 64));
            byte[] content = text.getBytes(Charset.forName(charset));
            assertThatThrownBy(() -> Pem.privateKey(content)).isInstanceOf(PemException.class);
        }
    }
}
