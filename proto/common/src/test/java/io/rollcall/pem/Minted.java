package io.rollcall.pem;

import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A certificate with its keys, made for the test. */
record Minted(X509Certificate certificate, KeyPair keys) {
    private static final Date BEGIN = new Date(0);
    private static final Date END = new Date(4_000_000_000_000L);

    static Minted selfSigned(String name, String algorithm) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        return new Minted(sign(name, name, keys, keys), keys);
    }

    Minted issue(String name, String algorithm) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        String issuer = certificate.getSubjectX500Principal().getName();
        return new Minted(sign(issuer, name, keys, this.keys), keys);
    }

    /** Another certificate for the same name and keys: by another CA, as cross-signing makes them. */
    Minted crossSigned(Minted other) throws Exception {
        String issuer = certificate.getSubjectX500Principal().getName();
        String name = other.certificate.getSubjectX500Principal().getName();
        return new Minted(sign(issuer, name, other.keys, keys), other.keys);
    }

    private static X509Certificate sign(String issuer, String name, KeyPair subject, KeyPair signer) throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger(64, new java.security.SecureRandom()),
                BEGIN,
                END,
                new X500Name(name),
                subject.getPublic());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(signer)));
    }

    private static ContentSigner signer(KeyPair keys) throws Exception {
        String algorithm = keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
    }

    X509CRL revocationList() throws Exception {
        X500Name issuer = new X500Name(certificate.getSubjectX500Principal().getName());
        return new JcaX509CRLConverter().getCRL(new X509v2CRLBuilder(issuer, BEGIN).build(signer(keys)));
    }

    /** The key in its older form, SEC1 or PKCS#1, as Go and openssl write it. */
    static String olderPem(KeyPair keys) throws Exception {
        if (!(keys.getPrivate() instanceof ECPrivateKey ec)) {
            return pem(keys);
        }
        // The JDK leaves the curve out of the inner structure, and whoever wraps its keys with it.
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(ec.getEncoded());
        return pem(new PemObject(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                ec.getParams().getOrder().bitLength(),
                                ec.getS(),
                                info.getPrivateKeyAlgorithm().getParameters())
                        .getEncoded()));
    }

    /** As openssl writes it. */
    static String pem(Object object) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    String pem() throws Exception {
        return pem(certificate);
    }
}
