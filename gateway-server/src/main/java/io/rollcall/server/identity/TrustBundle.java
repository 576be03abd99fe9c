package io.rollcall.server.identity;

import io.rollcall.server.config.StartRefusedException;
import io.rollcall.server.identity.CandidatePaths.Candidate;
import io.rollcall.server.namespace.NamespaceName;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;

/** The CA certificates that may vouch for the members of one namespace. Immutable; any thread. */
final class TrustBundle {
    private static final String DEV_MARK = "Rollcall development";

    private final Set<X509Certificate> authorities;
    private final Map<X500Principal, List<Authority>> bySubject;

    private TrustBundle(List<Authority> authorities) {
        this.authorities = authorities.stream().map(Authority::certificate).collect(Collectors.toUnmodifiableSet());
        this.bySubject = authorities.stream()
                .collect(Collectors.groupingBy(ca -> ca.certificate().getSubjectX500Principal()));
    }

    /**
     * Loads a bundle. An expired CA among others is accepted: it vouches for no member, and must not block the others.
     *
     * @param known CAs in force already: a file with only these is accepted even if all have expired, since other
     *     changes with it may be a withdrawal
     * @throws IllegalArgumentException if the file is not a bundle, or none of its CAs is valid now
     * @throws StartRefusedException if one is a development CA, and {@code dev} is not set
     */
    static TrustBundle load(NamespaceName namespace, Path file, boolean dev, Set<X509Certificate> known, Instant now) {
        String purpose = "trust bundle of " + namespace;
        List<X509Certificate> authorities = PemFile.certificates(purpose, file);
        for (X509Certificate ca : authorities) {
            if (!dev && isDevelopmentCa(ca)) {
                throw new StartRefusedException(
                        name(purpose, file, ca) + "is a development CA; use the namespace's own, or start with --dev");
            }
        }
        for (X509Certificate ca : authorities) {
            if (ca.getBasicConstraints() < 0) {
                throw new IllegalArgumentException(
                        name(purpose, file, ca) + "is no CA (basicConstraints); put only CA certificates there");
            }
            // Its own signature does not matter: it is never verified.
            CertificateStrength.weakness(ca.getPublicKey()).ifPresent(weakness -> {
                throw new IllegalArgumentException(
                        name(purpose, file, ca) + weakness + "; use a CA with a stronger key");
            });
        }
        if (authorities.stream().allMatch(ca -> hasEnded(ca, now) && !known.contains(ca))) {
            throw new IllegalArgumentException(name(purpose, file, authorities.get(0)) + "expired on "
                    + authorities.get(0).getNotAfter().toInstant()
                    + (authorities.size() > 1 ? ", and so did all others there" : "")
                    + "; renew it");
        }
        return new TrustBundle(authorities.stream()
                .distinct()
                .map(ca -> authority(purpose, file, ca))
                .toList());
    }

    private static String name(String purpose, Path file, X509Certificate ca) {
        return purpose + ": " + file + ": '" + ca.getSubjectX500Principal() + "' ";
    }

    private static boolean hasEnded(X509Certificate ca, Instant now) {
        return ca.getNotAfter().toInstant().isBefore(now);
    }

    private static Authority authority(String purpose, Path file, X509Certificate ca) {
        try {
            return Authority.of(ca);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + ": '" + ca.getSubjectX500Principal() + "': " + e.getMessage(), e);
        }
    }

    Set<X509Certificate> authorities() {
        return authorities;
    }

    /** The CAs that had expired by {@code now}, and when, as text; in order. */
    List<String> ended(Instant now) {
        return authorities.stream()
                .filter(ca -> hasEnded(ca, now))
                .map(ca -> "'" + ca.getSubjectX500Principal() + "' on "
                        + ca.getNotAfter().toInstant())
                .sorted()
                .toList();
    }

    /** The possible paths from a leaf to a CA of this bundle, not validated. */
    List<Candidate> candidates(X509Certificate[] sent) {
        return CandidatePaths.of(List.of(sent), bySubject);
    }

    private static boolean isDevelopmentCa(X509Certificate ca) {
        try {
            return new LdapName(ca.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .anyMatch(rdn -> rdn.getType().equalsIgnoreCase("OU") && DEV_MARK.equals(rdn.getValue()));
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException("a CA's subject cannot be read: " + ca.getSubjectX500Principal(), e);
        }
    }
}
