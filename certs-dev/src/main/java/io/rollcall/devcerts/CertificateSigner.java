package io.rollcall.devcerts;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Encodes a spec as DER (RFC 5280) and signs it, with ES256 unless the issuer's key is of another type. */
final class CertificateSigner {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X500Name issuer;
    private final PublicKey issuerKey;
    private final PrivateKey key;

    private CertificateSigner(X500Name issuer, PublicKey issuerKey, PrivateKey key) {
        this.issuer = issuer;
        this.issuerKey = issuerKey;
        this.key = key;
    }

    static CertificateSigner of(Credential authority) {
        X509Certificate certificate = authority.certificate();
        X500Name name =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        return new CertificateSigner(name, certificate.getPublicKey(), authority.key());
    }

    static CertificateSigner selfSigned(CertificateSpec spec, KeyPair keys) {
        return new CertificateSigner(new X500Name(spec.subject), keys.getPublic(), keys.getPrivate());
    }

    X509Certificate sign(CertificateSpec spec, PublicKey subjectKey, Instant notBefore, Instant notAfter) {
        BigInteger serial = new BigInteger(127, RANDOM).max(BigInteger.ONE);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(notBefore), Date.from(notAfter), new X500Name(spec.subject), subjectKey);
        try {
            extend(builder, spec, subjectKey);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(spec.signature)));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalArgumentException("This certificate cannot be made: " + e.getMessage(), e);
        }
    }

    /** @param number the CRL number; null: none */
    String revoke(Instant now, Instant next, @Nullable Long number, X509Certificate... withdrawn) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(issuer, Date.from(now));
        builder.setNextUpdate(Date.from(next));
        for (X509Certificate certificate : withdrawn) {
            builder.addCRLEntry(certificate.getSerialNumber(), Date.from(now), CRLReason.unspecified);
        }
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuerKey));
            if (number != null) {
                builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            }
            return Pem.block("X509 CRL", builder.build(signer(null)).getEncoded());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalArgumentException("This CRL cannot be made: " + e.getMessage(), e);
        }
    }

    private void extend(X509v3CertificateBuilder builder, CertificateSpec spec, PublicKey subjectKey)
            throws IOException, GeneralSecurityException {
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        BasicConstraints constraints =
                spec.pathLength == null ? new BasicConstraints(false) : new BasicConstraints(spec.pathLength);
        builder.addExtension(Extension.basicConstraints, true, constraints);
        builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(subjectKey));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuerKey));
        if (!spec.keyUses.isEmpty()) {
            int bits = spec.keyUses.stream().mapToInt(use -> use.bit).reduce(0, (a, b) -> a | b);
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(bits));
        }
        if (!spec.purposes.isEmpty()) {
            KeyPurposeId[] ids = spec.purposes.stream()
                    .map(purpose -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose.oid)))
                    .toArray(KeyPurposeId[]::new);
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(ids));
        }
        if (!spec.permittedUris.isEmpty()) {
            builder.addExtension(Extension.nameConstraints, true, new NameConstraints(permitted(spec), null));
        }
        if (!spec.names.isEmpty()) {
            builder.addExtension(Extension.subjectAlternativeName, false, names(spec));
        }
    }

    private static GeneralSubtree[] permitted(CertificateSpec spec) {
        return spec.permittedUris.stream()
                .map(host -> new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, host)))
                .toArray(GeneralSubtree[]::new);
    }

    static GeneralNames names(CertificateSpec spec) {
        return new GeneralNames(spec.names.toArray(GeneralName[]::new));
    }

    private ContentSigner signer(@Nullable String asked) throws OperatorCreationException {
        String algorithm = asked != null
                ? asked
                : switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "RSASSA-PSS" -> "SHA256withRSAandMGF1";
                    case "EdDSA" -> "Ed25519";
                    default -> "SHA256withECDSA";
                };
        // The JDK uses another name for PSS.
        return new JcaContentSignerBuilder(algorithm)
                .setProvider(new BouncyCastleProvider())
                .build(key);
    }
}
