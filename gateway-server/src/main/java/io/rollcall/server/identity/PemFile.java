package io.rollcall.server.identity;

import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.SmallFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads PEM files (RFC 7468); every complaint names what the file is for, the file, and what to do. */
public final class PemFile {
    private static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";
    private static final String END_KEY = "-----END PRIVATE KEY-----";

    private PemFile() {}

    /**
     * All certificates of the file, in its order; at least one.
     *
     * @param purpose what the file is, for the message: "trust bundle of alpha"
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate
     */
    public static List<X509Certificate> certificates(String purpose, Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(purpose, file)))) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " is damaged: " + e.getMessage() + "; write it anew, in PEM", e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " holds no certificate (expected PEM, 'BEGIN CERTIFICATE')");
        }
        return List.copyOf(certificates);
    }

    /**
     * All certificate revocation lists of the file, PEM or DER; at least one.
     *
     * @throws IllegalArgumentException if the file cannot be read or holds none
     */
    static List<X509CRL> revocationLists(String purpose, Path file) {
        List<X509CRL> lists = new ArrayList<>();
        try {
            for (CRL list : CertificateFactory.getInstance("X.509")
                    .generateCRLs(new ByteArrayInputStream(read(purpose, file)))) {
                lists.add((X509CRL) list);
            }
        } catch (CRLException | CertificateException e) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " is damaged: " + e.getMessage() + "; write it anew, in PEM or DER", e);
        }
        if (lists.isEmpty()) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " holds no revocation list (expected 'BEGIN X509 CRL', or DER)");
        }
        return List.copyOf(lists);
    }

    /**
     * The file's private key: PKCS#8 without password, RSA or EC.
     *
     * @throws IllegalArgumentException if there is no such key in it; the message quotes nothing of the file
     */
    public static PrivateKey privateKey(String purpose, Path file) {
        String text = new String(read(purpose, file), StandardCharsets.US_ASCII);
        int begin = text.indexOf(BEGIN_KEY);
        int end = text.indexOf(END_KEY);
        if (begin < 0 || end < begin) {
            throw notPkcs8(purpose, file, null);
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_KEY.length(), end));
            return decode(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notPkcs8(purpose, file, e);
        }
    }

    private static PrivateKey decode(PKCS8EncodedKeySpec key) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(key);
        } catch (InvalidKeySpecException notEc) {
            return KeyFactory.getInstance("RSA").generatePrivate(key);
        }
    }

    private static IllegalArgumentException notPkcs8(String purpose, Path file, @Nullable Exception cause) {
        return new IllegalArgumentException(
                purpose + ": " + file + " holds no RSA or EC key in PKCS#8 without password"
                        + " (convert it with 'openssl pkcs8 -topk8 -nocrypt')",
                cause);
    }

    private static byte[] read(String purpose, Path file) {
        try {
            return SmallFile.bytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " "
                            + FileFailure.sentence(
                                    "cannot be read", e, "check that it is there and readable for the gateway's user"),
                    e);
        }
    }
}
