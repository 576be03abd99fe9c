package io.rollcall.devcerts;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A certificate with its private key.
 *
 * @param key the private key; never printed
 * @param certificate the certificate of the key's public half
 */
public record Credential(PrivateKey key, X509Certificate certificate) {
    /** Returns the key as PEM (PKCS#8). */
    public String keyPem() {
        return Pem.of(key);
    }

    /** Returns the certificate as PEM, without its issuer's. */
    public String certificatePem() {
        return Pem.of(certificate);
    }

    /** Returns the {@code cnf.x5t#S256} of a token bound to this certificate (RFC 8705 §3.1). */
    public String thumbprint() {
        return thumbprint(certificate);
    }

    static String thumbprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("A certificate that has no encoding", e);
        }
    }

    @Override
    public String toString() {
        return "Credential[" + certificate.getSubjectX500Principal() + "]";
    }
}
