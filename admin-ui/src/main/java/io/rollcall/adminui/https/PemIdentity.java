package io.rollcall.adminui.https;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a server's certificate chain and private key from PEM files, with the JDK alone. */
public final class PemIdentity {

    /** Guards the key inside the in-memory key store only; it never leaves the process. */
    static final String KEY_STORE_PASSWORD = "in-memory";

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private PemIdentity() {}

    /**
     * @param chain PEM certificates, the server's own first
     * @param key a PEM private key in PKCS#8, EC or RSA
     * @throws IOException when a file cannot be read or does not hold what it should
     */
    public static KeyStore read(Path chain, Path key) throws IOException {
        Certificate[] certificates = certificates(chain);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            PrivateKey privateKey =
                    privateKey(key, certificates[0].getPublicKey().getAlgorithm());
            requirePair(privateKey, certificates[0].getPublicKey());
            store.setKeyEntry("console", privateKey, KEY_STORE_PASSWORD.toCharArray(), certificates);
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException(key + " is not the private key of " + chain, e);
        }
    }

    private static void requirePair(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        byte[] probe = {1, 2, 3};
        Signature signature =
                Signature.getInstance(privateKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(privateKey);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(probe);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("another key than the certificate's");
        }
    }

    private static Certificate[] certificates(Path chain) throws IOException {
        try {
            Certificate[] certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(chain)))
                    .toArray(new Certificate[0]);
            if (certificates.length == 0) {
                throw new IOException(chain + " holds no certificate");
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException(chain + " is not a PEM certificate chain", e);
        }
    }

    private static PrivateKey privateKey(Path key, String algorithm) throws IOException, GeneralSecurityException {
        Matcher pem = PKCS8.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IOException(key + " holds no unencrypted PKCS#8 key (-----BEGIN PRIVATE KEY-----)");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
        // The certificate says what kind of key belongs to it, so nothing is guessed.
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
