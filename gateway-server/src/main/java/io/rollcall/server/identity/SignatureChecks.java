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
 * Who checks signatures: Conscrypt where it runs and knows the algorithm, else the JDK. An ES256 signature costs JDK 17
 * a millisecond, Conscrypt a twentieth of that, and after a restart all nodes come at once.
 */
final class SignatureChecks {
    private static final Logger log = LoggerFactory.getLogger(SignatureChecks.class);
    private static final @Nullable Provider CONSCRYPT = load();

    private SignatureChecks() {}

    /** For the signatures of tokens; empty: whatever the JDK chooses. */
    static Optional<Provider> ofTokens() {
        return Optional.ofNullable(CONSCRYPT);
    }

    /** The name of the provider that knows each algorithm in this chain; null: whatever the JDK chooses. */
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
     * PKIX finds a provider by name only, so one must be registered for all the process: not the whole of Conscrypt,
     * which would be handed to whoever asks for something that the JDK lacks or calls otherwise.
     */
    private static final class OfCertificates extends Provider {
        private static final long serialVersionUID = 1;
        static final String NAME = "RollcallSignatures";

        /** It calls RSASSA-PSS by another name, and does not know Ed25519. */
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
