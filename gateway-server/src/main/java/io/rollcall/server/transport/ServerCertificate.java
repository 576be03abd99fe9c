package io.rollcall.server.transport;

import io.rollcall.pem.OwnChain;
import io.rollcall.server.identity.CertificateStrength;
import io.rollcall.server.identity.PemFile;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's certificate chain, leaf first, each issued by the next, and its private key. */
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
    private static final String CERTIFICATE = "server certificate";
    private static final String KEY = "server key";
    private static final Set<String> KINDS = Set.of("RSA", "EC");
    private static final int DIGITAL_SIGNATURE = 0; // bit of KeyUsage, RFC 5280 §4.2.1.3

    /** serverAuth and anyExtendedKeyUsage, RFC 5280 §4.2.1.12. */
    private static final Set<String> SERVER_PURPOSES = Set.of("1.3.6.1.5.5.7.3.1", "2.5.29.37.0");

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /** @throws IllegalArgumentException if clients would not accept it now; the message names the file */
    static ServerCertificate load(Path certificate, Path privateKey, Instant now) {
        List<X509Certificate> found = PemFile.certificates(CERTIFICATE, certificate);
        PrivateKey key = PemFile.privateKey(KEY, privateKey);
        if (!KINDS.contains(key.getAlgorithm())) {
            throw new IllegalArgumentException(KEY + ": " + privateKey + " holds a key of the kind "
                    + key.getAlgorithm() + ", which TLS cannot use here (expected: RSA or EC)");
        }
        OwnChain own = OwnChain.of(found, key)
                .orElseThrow(() ->
                        new IllegalArgumentException(KEY + ": " + privateKey + " does not belong to the certificate "
                                + certificate + "; give the key that the certificate was made for"));
        List<X509Certificate> chain = own.path();
        requireInTime(chain.get(0), certificate, now);
        requireForServers(chain.get(0), certificate);
        chain.forEach(one -> requireStrong(one, certificate));
        for (X509Certificate stranger : own.leftAside()) {
            if (!chain.contains(stranger)) {
                log.warn(
                        "{}: {}: '{}' issued nothing in the chain of '{}' and is not sent; take it out, or put what"
                                + " leads to the CA there",
                        CERTIFICATE,
                        certificate,
                        stranger.getSubjectX500Principal(),
                        chain.get(0).getSubjectX500Principal());
            }
        }
        return new ServerCertificate(chain, key);
    }

    private static void requireInTime(X509Certificate leaf, Path certificate, Instant now) {
        Instant end = leaf.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            throw new IllegalArgumentException(CERTIFICATE + ": " + certificate + " expired on " + end + "; renew it");
        }
        Instant begin = leaf.getNotBefore().toInstant();
        if (begin.isAfter(now)) {
            throw new IllegalArgumentException(
                    CERTIFICATE + ": " + certificate + " is valid from " + begin + " only; check the clock");
        }
    }

    /** Checks the key usage: TLS signs with this key (RFC 8446 §4.4.2.2), and clients check the purpose. */
    private static void requireForServers(X509Certificate leaf, Path certificate) {
        boolean @Nullable [] usage = leaf.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw unfit(certificate, "has keyUsage without digitalSignature (expected: with it, or no keyUsage)", null);
        }
        List<String> purposes;
        try {
            purposes = leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw unfit(certificate, "has an extendedKeyUsage that cannot be read", e);
        }
        if (purposes != null && purposes.stream().noneMatch(SERVER_PURPOSES::contains)) {
            throw unfit(
                    certificate,
                    "has extendedKeyUsage without serverAuth (expected: with it, or no extendedKeyUsage)",
                    null);
        }
    }

    private static IllegalArgumentException unfit(Path certificate, String how, @Nullable Exception cause) {
        return new IllegalArgumentException(
                CERTIFICATE + ": " + certificate + " " + how + "; get one for a TLS server", cause);
    }

    private static void requireStrong(X509Certificate one, Path certificate) {
        boolean isSelfSigned = one.getSubjectX500Principal().equals(one.getIssuerX500Principal());
        Optional<String> weakness = CertificateStrength.weakness(one.getPublicKey())
                .or(() -> isSelfSigned ? Optional.empty() : CertificateStrength.weakSignature(one));
        if (weakness.isPresent()) {
            throw new IllegalArgumentException(CERTIFICATE + ": " + certificate + ": '" + one.getSubjectX500Principal()
                    + "' " + weakness.get() + "; get a stronger one");
        }
    }

    /** Returns when clients stop accepting it. */
    Instant end() {
        return chain.get(0).getNotAfter().toInstant();
    }
}
