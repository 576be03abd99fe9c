package io.rollcall.server.identity;

import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the provider that verifies signatures: Conscrypt if it runs and supports the algorithm, else the JDK. An
 * ES256 signature takes JDK 17 a millisecond and Conscrypt a twentieth of that, and after a restart all nodes connect
 * at once.
 */
final class SignatureChecks {
    private static final Logger log = LoggerFactory.getLogger(SignatureChecks.class);
    private static final @Nullable Provider CONSCRYPT = load();

    private SignatureChecks() {}

    /** The provider for the signatures of tokens; empty: the JDK chooses. */
    static Optional<Provider> ofTokens() {
        return Optional.ofNullable(CONSCRYPT);
    }

    /** The name of the provider that supports each algorithm in this chain; null: the JDK chooses. */
    static @Nullable String of(List<X509Certificate> chain) {
        boolean isKnown =
                chain.stream().allMatch(certificate -> OfCertificates.KNOWN.contains(certificate.getSigAlgName()));
        return CONSCRYPT != null && isKnown ? OfCertificates.NAME : null;
    }

    private static @Nullable Provider load() {
        try {
            Conscrypt.checkAvailability();
            Provider provider =
                    Conscrypt.newProviderBuilder().provideTrustManager(false).build();
            Security.addProvider(new OfCertificates(provider));
            return provider;
        } catch (LinkageError | RuntimeException e) {
            log.warn("Conscrypt does not run here; the JDK checks signatures, which takes longer: {}", e.toString());
            return null;
        }
    }

    /**
     * A provider with just these six signatures. PKIX finds a provider only by name, so it must be registered for the
     * whole process, and with all of Conscrypt registered, JCA would use it for other algorithms, too.
     */
    private static final class OfCertificates extends Provider {
        private static final long serialVersionUID = 1;
        static final String NAME = "RollcallSignatures";

        /** Conscrypt uses another name for RSASSA-PSS, and does not support Ed25519. */
        static final Set<String> KNOWN = Set.of(
                "SHA256withECDSA",
                "SHA384withECDSA",
                "SHA512withECDSA",
                "SHA256withRSA",
                "SHA384withRSA",
                "SHA512withRSA");

        OfCertificates(Provider conscrypt) {
            super(NAME, "1", "signatures of certificates, by Conscrypt");
            for (String algorithm : KNOWN) {
                put(
                        "Signature." + algorithm,
                        conscrypt.getService("Signature", algorithm).getClassName());
            }
        }
    }
}
