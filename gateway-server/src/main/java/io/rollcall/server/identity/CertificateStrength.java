package io.rollcall.server.identity;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Rejects weak keys and signatures (RFC 9325 §4.5; NIST SP 800-131A). The JDK's own rules accept RSA of 1024 bits, and
 * SHA-1 of private CAs.
 */
public final class CertificateStrength {
    private static final int LEAST_BITS = 2048;
    // All of SHA-2 and SHA-3 of today's JDK by name; additions of later JDKs must be reviewed first.
    private static final Pattern STRONG =
            Pattern.compile("SHA(224|256|384|512|512/224|512/256|3-(224|256|384|512))WITH.*|ED25519|ED448|EDDSA");
    private static final Pattern STRONG_HASH = Pattern.compile("SHA-?(224|256|384|512|512/224|512/256|3-\\d{3})");

    private CertificateStrength() {}

    /** Describes the weakness of a key, as the predicate of a sentence; empty: none. */
    public static Optional<String> weakness(PublicKey key) {
        int bits = LEAST_BITS;
        if (key instanceof RSAKey rsa) {
            bits = rsa.getModulus().bitLength();
        } else if (key instanceof DSAKey dsa && dsa.getParams() != null) {
            bits = dsa.getParams().getP().bitLength();
        }
        return bits >= LEAST_BITS
                ? Optional.empty()
                : Optional.of("has an " + key.getAlgorithm() + " key of " + bits + " bits (expected: at least "
                        + LEAST_BITS + ")");
    }

    /** Describes the weakness of a certificate's signature, as the predicate of a sentence; empty: none. */
    public static Optional<String> weakSignature(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName();
        String name = algorithm.toUpperCase(Locale.ROOT);
        boolean isStrong = name.equals("RSASSA-PSS")
                ? STRONG_HASH.matcher(hashOfPss(certificate)).matches()
                : STRONG.matcher(name).matches();
        return isStrong
                ? Optional.empty()
                : Optional.of(
                        "is signed by " + ShownCertificate.printable(algorithm, 40) + " (expected: SHA-256 or better)");
    }

    /** The parameters name the hash; without parameters it is SHA-1 (RFC 8017 §A.2.3). */
    private static String hashOfPss(X509Certificate certificate) {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return PSSParameterSpec.DEFAULT.getDigestAlgorithm();
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        } catch (GeneralSecurityException | IOException e) {
            return ""; // unknown hash
        }
    }
}
