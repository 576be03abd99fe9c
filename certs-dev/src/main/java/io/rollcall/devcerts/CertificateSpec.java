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
 * The content of a certificate to issue. Begin with {@link #client}, {@link #server} or {@link #authority} and change
 * it as needed; every method returns a changed copy. Nothing is validated: tests may request certificates that the
 * gateway must refuse.
 *
 * <pre>{@code
 * issuer.certificate(alpha.nodeSpec(7).uri("spiffe://rollcall.dev/ns/beta/node/7"));   // two identities
 * }</pre>
 */
public final class CertificateSpec {
    /** The supported key usage bits (RFC 5280 §4.2.1.3). */
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

    /** RFC 5280, ub-common-name: with its prefix, the longest namespace would not fit. */
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

    /** Returns the spec of a namespace member: a leaf for client authentication with one URI name. */
    public static CertificateSpec client(String subject, String uri) {
        return new CertificateSpec(subject).purposes(Purpose.CLIENT_AUTH).uri(uri);
    }

    /** Returns the spec of a server on this machine: localhost, 127.0.0.1 and ::1. */
    public static CertificateSpec server(String subject) {
        CertificateSpec leaf = new CertificateSpec(subject).purposes(Purpose.SERVER_AUTH);
        return leaf.host("localhost").address("127.0.0.1").address("::1");
    }

    /**
     * Returns the spec of a development CA, marked as such in its subject, that signs only leaves. A long name is
     * truncated.
     */
    public static CertificateSpec authority(String name) {
        String common = "Rollcall development CA " + name;
        return new CertificateSpec("OU=" + DevCerts.DEVELOPMENT_MARK + ",CN="
                        + common.substring(0, Math.min(common.length(), LONGEST_COMMON_NAME)))
                .keyUses(KeyUse.KEY_CERT_SIGN, KeyUse.CRL_SIGN)
                .asAuthority(0);
    }

    /** Sets the subject, an X.500 name, the most general part first: {@code O=alpha,CN=node-7}. */
    public CertificateSpec subject(String name) {
        CertificateSpec copy = copy();
        copy.subject = name;
        return copy;
    }

    /** Adds a URI to the subject alternative names. */
    public CertificateSpec uri(String uri) {
        return name(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    /** Adds a DNS name. */
    public CertificateSpec host(String host) {
        return name(new GeneralName(GeneralName.dNSName, host));
    }

    /** Adds an IP address, v4 or v6. */
    public CertificateSpec address(String address) {
        return name(new GeneralName(GeneralName.iPAddress, address));
    }

    /** Removes all alternative names. */
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

    /**
     * Sets the validity in whole seconds, which may exceed the issuer's; the default is {@link CertificateIssuer}'s.
     */
    public CertificateSpec validity(Instant notBefore, Instant notAfter) {
        CertificateSpec copy = copy();
        copy.notBefore = notBefore;
        copy.notAfter = notAfter;
        return copy;
    }

    /** Sets the keys; the default is a new P-256 pair. */
    public CertificateSpec keys(KeyPair keys) {
        CertificateSpec copy = copy();
        copy.keys = keys;
        return copy;
    }

    /** Sets the signature algorithm, which may be weak: {@code SHA1withECDSA}; the default is the issuer's. */
    public CertificateSpec signedBy(String algorithm) {
        CertificateSpec copy = copy();
        copy.signature = algorithm;
        return copy;
    }

    /**
     * Sets a CA's name constraints: the permitted hosts of URIs, {@code .example.org} for all subdomains (RFC 5280
     * §4.2.1.10).
     */
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
