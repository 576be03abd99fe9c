package io.rollcall.server.transport;

import io.rollcall.server.identity.PemFile;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** The server's certificate chain, leaf first, and the key that goes with it. */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final String CERTIFICATE = "server certificate";
    private static final String KEY = "server key";

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /** @throws IllegalArgumentException if clients could not accept it now; the message names the file */
    static ServerCertificate load(Path certificate, Path privateKey, Instant now) {
        List<X509Certificate> chain = PemFile.certificates(CERTIFICATE, certificate);
        PrivateKey key = PemFile.privateKey(KEY, privateKey);
        X509Certificate leaf = chain.get(0);
        Instant end = leaf.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            throw new IllegalArgumentException(CERTIFICATE + ": " + certificate + " expired on " + end + "; renew it");
        }
        Instant begin = leaf.getNotBefore().toInstant();
        if (begin.isAfter(now)) {
            throw new IllegalArgumentException(
                    CERTIFICATE + ": " + certificate + " is valid from " + begin + " only; check the clock");
        }
        if (!belongTogether(leaf, key)) {
            throw new IllegalArgumentException(KEY + ": " + privateKey + " does not belong to the certificate "
                    + certificate + "; give the key that the certificate was made for");
        }
        return new ServerCertificate(chain, key);
    }

    /** When clients will not accept it any more. */
    Instant end() {
        return chain.get(0).getNotAfter().toInstant();
    }

    private static boolean belongTogether(X509Certificate leaf, PrivateKey key) {
        if (!leaf.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] probe = {1, 2, 3};
        try {
            Signature signature =
                    Signature.getInstance(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(leaf.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(KEY + ": it cannot sign: " + e.getMessage(), e);
        }
    }
}
