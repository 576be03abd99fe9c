package io.rollcall.adminui.https;

import io.rollcall.pem.OwnChain;
import io.rollcall.pem.Pem;
import io.rollcall.pem.PemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads a server's certificate chain and private key from PEM files. */
public final class PemIdentity {

    /** Not PKCS12, which stretches the password by 10,000 rounds for a key that never leaves the process. */
    private static final String KEY_STORE_TYPE = "JKS";

    /** Protects only the key in the in-memory key store. */
    static final String KEY_STORE_PASSWORD = "in-memory";

    private PemIdentity() {}

    /**
     * @param chain PEM certificates, in any order
     * @param key the PEM private key of one of them, without password, EC or RSA
     * @throws IOException if a file cannot be read or has the wrong content; the message names it
     */
    public static KeyStore read(Path chain, Path key) throws IOException {
        List<X509Certificate> certificates = certificates(chain);
        PrivateKey privateKey = privateKey(key);
        Certificate[] path = OwnChain.of(certificates, privateKey)
                .orElseThrow(() -> new IOException(key + " is not the private key of " + chain))
                .path()
                .toArray(Certificate[]::new);
        try {
            KeyStore store = KeyStore.getInstance(KEY_STORE_TYPE);
            store.load(null, null);
            store.setKeyEntry("console", privateKey, KEY_STORE_PASSWORD.toCharArray(), path);
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException(chain + " and " + key + " cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            return Pem.certificates(Files.readAllBytes(file));
        } catch (PemException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        try {
            return Pem.privateKey(Files.readAllBytes(file));
        } catch (PemException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }
}
