package io.rollcall.devcerts;

import io.rollcall.pem.PemException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;

/** Writes and reads PEM texts (RFC 7468) with one block. */
final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    static String of(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("A certificate that has no encoding", e);
        }
    }

    /** Formats a private key as PKCS#8. */
    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    static X509Certificate certificate(String pem) throws GeneralSecurityException {
        try {
            return io.rollcall.pem.Pem.certificates(bytes(pem)).get(0);
        } catch (PemException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    static ECPrivateKey key(String pem) throws GeneralSecurityException {
        try {
            if (io.rollcall.pem.Pem.privateKey(bytes(pem)) instanceof ECPrivateKey key) {
                return key;
            }
        } catch (PemException e) {
            throw new InvalidKeyException(e.getMessage(), e);
        }
        throw new InvalidKeyException("holds a key that is not EC");
    }

    private static byte[] bytes(String pem) {
        return pem.getBytes(StandardCharsets.US_ASCII);
    }
}
