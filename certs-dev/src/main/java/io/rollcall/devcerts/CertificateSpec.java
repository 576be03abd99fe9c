package io.rollcall.devcerts;

import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate shall say. Begin with {@link #client}, {@link #server} or {@link #authority} and change what the
 * case at hand needs; every method returns a changed copy. Nothing is checked: a test may ask for a certificate that
 * the gateway has to refuse.
 *
 * <pre>{@code
 * issuer.certificate(alpha.nodeSpec(7).uri("spiffe://rollcall.dev/ns/beta/node/7"));   // two identities
 * }</pre>
 */
public final class CertificateSpec {
    /** The bits of the key usage extension that matter here (RFC 5280 §4.2.1.3). */
    public enum KeyUse {
        DIGITAL_SIGNATURE(KeyUsage.digitalSignature),
        KEY_ENCIPHERMENT(KeyUsage.keyEncipherment),
        KEY_AGREEMENT(KeyUsage.keyAgreement),
        KEY_CERT_SIGN(KeyUsage.keyCertSign),
        CRL_SIGN(KeyUsage.cRLSign);

        final int bit;

        KeyUse(int bit) {
            this.bit = bit;
        }
    }

    /** Extended key usage (RFC 5280 §4.2.1.12). */
    public enum Purpose {
        CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),
        SERVER_AUTH("1.3.6.1.5.5.7.3.1");

        final String oid;

        Purpose(String oid) {
            this.oid = oid;
        }
    }

    /** RFC 5280, ub-common-name: with the words before it, the longest namespace would not fit. */
    private static final int LONGEST_COMMON_NAME = 64;

    String subject;
    List<GeneralName> names = List.of();

    @Nullable
    Integer pathLength = null;

    Set<KeyUse> keyUses = Set.of(KeyUse.DIGITAL_SIGNATURE);
    Set<Purpose> purposes = Set.of();

    @Nullable
    Instant notBefore = null;

    @Nullable
    Instant notAfter = null;

    @Nullable
    KeyPair keys = null;

    @Nullable
    String signature = null;

    List<String> permittedUris = List.of();

    private CertificateSpec(String subject) {
        this.subject = subject;
    }

    /** A member of a namespace: a leaf for client authentication with one URI name. */
    public static CertificateSpec client(String subject, String uri) {
        return new CertificateSpec(subject).purposes(Purpose.CLIENT_AUTH).uri(uri);
    }

    /** A server on this machine: localhost, 127.0.0.1 and ::1. */
    public static CertificateSpec server(String subject) {
        CertificateSpec leaf = new CertificateSpec(subject).purposes(Purpose.SERVER_AUTH);
        return leaf.host("localhost").address("127.0.0.1").address("::1");
    }

    /** A development CA, marked as such in its subject, that signs leaves only. A long name is cut. */
    public static CertificateSpec authority(String name) {
        String common = "Rollcall development CA " + name;
        return new CertificateSpec("OU=" + DevCerts.DEVELOPMENT_MARK + ",CN="
                        + common.substring(0, Math.min(common.length(), LONGEST_COMMON_NAME)))
                .keyUses(KeyUse.KEY_CERT_SIGN, KeyUse.CRL_SIGN)
                .asAuthority(0);
    }

    /** The subject, an X.500 name, the widest part first: {@code O=alpha,CN=node-7}. */
    public CertificateSpec subject(String name) {
        CertificateSpec copy = copy();
        copy.subject = name;
        return copy;
    }

    /** One more URI among the subject's alternative names. */
    public CertificateSpec uri(String uri) {
        return name(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    /** One more DNS name. */
    public CertificateSpec host(String host) {
        return name(new GeneralName(GeneralName.dNSName, host));
    }

    /** One more IP address, v4 or v6. */
    public CertificateSpec address(String address) {
        return name(new GeneralName(GeneralName.iPAddress, address));
    }

    /** No alternative names, for adding others. */
    public CertificateSpec withoutNames() {
        CertificateSpec copy = copy();
        copy.names = List.of();
        return copy;
    }

    /** Sets the CA flag; {@code pathLength} says how many CAs may follow below it. */
    public CertificateSpec asAuthority(int pathLength) {
        CertificateSpec copy = copy();
        copy.pathLength = pathLength;
        return copy;
    }

    /** Exactly these; none leaves the extension out. */
    public CertificateSpec keyUses(KeyUse... uses) {
        CertificateSpec copy = copy();
        copy.keyUses = Set.of(uses);
        return copy;
    }

    /** Exactly these; none leaves the extension out. */
    public CertificateSpec purposes(Purpose... purposes) {
        CertificateSpec copy = copy();
        copy.purposes = Set.of(purposes);
        return copy;
    }

    /** Exactly this time, whole seconds, also beyond the issuer's; the default is {@link CertificateIssuer}'s. */
    public CertificateSpec validity(Instant notBefore, Instant notAfter) {
        CertificateSpec copy = copy();
        copy.notBefore = notBefore;
        copy.notAfter = notAfter;
        return copy;
    }

    /** For these keys; the default is a new pair on P-256. */
    public CertificateSpec keys(KeyPair keys) {
        CertificateSpec copy = copy();
        copy.keys = keys;
        return copy;
    }

    /** Signed by this algorithm, weak ones too: {@code SHA1withECDSA}; the default is the issuer's. */
    public CertificateSpec signedBy(String algorithm) {
        CertificateSpec copy = copy();
        copy.signature = algorithm;
        return copy;
    }

    /** For a CA: URIs below it may be of these hosts only, {@code .example.org} for all within (RFC 5280 §4.2.1.10). */
    public CertificateSpec permittedUris(String... hosts) {
        CertificateSpec copy = copy();
        copy.permittedUris = List.of(hosts);
        return copy;
    }

    private CertificateSpec name(GeneralName name) {
        CertificateSpec copy = copy();
        copy.names = Stream.concat(names.stream(), Stream.of(name)).toList();
        return copy;
    }

    private CertificateSpec copy() {
        CertificateSpec copy = new CertificateSpec(subject);
        copy.names = names;
        copy.pathLength = pathLength;
        copy.keyUses = keyUses;
        copy.purposes = purposes;
        copy.notBefore = notBefore;
        copy.notAfter = notAfter;
        copy.keys = keys;
        copy.signature = signature;
        copy.permittedUris = permittedUris;
        return copy;
    }
}
