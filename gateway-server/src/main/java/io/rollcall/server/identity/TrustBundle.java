package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** The CA certificates that may vouch for the members of one namespace. Immutable; any thread. */
final class TrustBundle {
    private static final String DEV_MARK = "Rollcall development";
    private static final int MAX_CHAIN = 5;

    private final Set<X509Certificate> authorities;
    private final Set<TrustAnchor> anchors;

    private TrustBundle(List<X509Certificate> authorities) {
        this.authorities = Set.copyOf(authorities);
        this.anchors =
                this.authorities.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * @param known in force already: when one of them ends, that must not keep out what else the file changes
     * @throws IllegalArgumentException if the file is no bundle, or holds a CA that could vouch for nobody now
     */
    static TrustBundle load(NamespaceName namespace, Path file, boolean dev, Set<X509Certificate> known, Instant now) {
        String purpose = "trust bundle of " + namespace;
        List<X509Certificate> authorities = PemFile.certificates(purpose, file);
        for (X509Certificate ca : authorities) {
            String subject = purpose + ": " + file + ": '" + ca.getSubjectX500Principal() + "' ";
            if (ca.getBasicConstraints() < 0) {
                throw new IllegalArgumentException(
                        subject + "is no CA (basicConstraints); put only CA certificates there");
            }
            if (ca.getNotAfter().toInstant().isBefore(now) && !known.contains(ca)) {
                throw new IllegalArgumentException(
                        subject + "expired on " + ca.getNotAfter().toInstant() + "; renew it or take it out");
            }
            if (!dev && isDevelopmentCa(ca)) {
                throw new IllegalArgumentException(
                        subject + "is a development CA; use the namespace's own, or start with --dev");
            }
        }
        return new TrustBundle(authorities);
    }

    Set<X509Certificate> authorities() {
        return authorities;
    }

    /**
     * Validates the chain from leaf to a CA of this bundle (RFC 5280 §6), the CA's own end included.
     *
     * @return the path, leaf first and that CA last
     * @throws CertificateException if no CA of the bundle vouches for it
     */
    List<X509Certificate> validate(X509Certificate[] chain, Instant at) throws CertificateException {
        if (chain.length > MAX_CHAIN) {
            throw new CertificateException("expected at most " + MAX_CHAIN + " certificates in the chain");
        }
        Date now = Date.from(at);
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(now);
            List<X509Certificate> path = upToAnchor(chain);
            parameters.setSigProvider(SignatureChecks.of(path));
            PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            // PKIX takes an anchor on faith, whatever its dates.
            X509Certificate anchor = result.getTrustAnchor().getTrustedCert();
            anchor.checkValidity(now);
            return Stream.concat(path.stream(), Stream.of(anchor)).toList();
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("no CA of the namespace's trust bundle vouches for it", e);
        }
    }

    /** Clients may send the CA along; PKIX wants the path without its anchor. */
    private List<X509Certificate> upToAnchor(X509Certificate[] chain) {
        List<X509Certificate> all = List.of(chain);
        int length = 1;
        while (length < all.size() && !authorities.contains(all.get(length))) {
            length++;
        }
        return all.subList(0, length);
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
