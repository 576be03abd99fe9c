package io.rollcall.server.identity;

import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.io.IOException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * A CA of a trust bundle, with the constraints of its own certificate: PKIX does not check an anchor's dates and
 * constraints (RFC 5280 §6.1.1 leaves them to the user), and the JDK does not accept name constraints for an anchor.
 * Immutable.
 *
 * @param nameConstraints the names permitted below it, in DER (RFC 5280 §4.2.1.10)
 */
record Authority(X509Certificate certificate, TrustAnchor anchor, Optional<byte[]> nameConstraints) {

    /** @throws IllegalArgumentException if its constraints cannot be read */
    static Authority of(X509Certificate certificate) {
        Optional<byte[]> names = Extensions.value(certificate, Extensions.NAME_CONSTRAINTS);
        names.ifPresent(Authority::selector);
        return new Authority(certificate, new TrustAnchor(certificate, null), names);
    }

    /** Not shared between threads, because the selector computes lazily. */
    private static X509CertSelector selector(byte[] nameConstraints) {
        X509CertSelector selector = new X509CertSelector();
        try {
            selector.setNameConstraints(nameConstraints);
        } catch (IOException e) {
            throw new IllegalArgumentException("its name constraints cannot be read", e);
        }
        return selector;
    }

    /**
     * Returns if the path satisfies the dates and constraints of this certificate.
     *
     * @param path leaf first, without this
     */
    void requireKept(List<X509Certificate> path, Date now) throws CertificateRefusedException {
        try {
            certificate.checkValidity(now);
        } catch (CertificateExpiredException e) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_EXPIRED,
                    name() + " expired on " + certificate.getNotAfter().toInstant(),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_NOT_YET_VALID,
                    name() + " is valid from " + certificate.getNotBefore().toInstant(),
                    e);
        }
        long between = path.stream()
                .skip(1)
                .filter(ca -> !isSelfIssued(ca))
                .count(); // RFC 5280 §4.2.1.9 counts no self-issued ones
        if (between > certificate.getBasicConstraints()) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_CONSTRAINT,
                    name() + " permits " + certificate.getBasicConstraints()
                            + " CAs below it (pathLenConstraint); found " + between);
        }
        if (nameConstraints.isPresent()) {
            requireNames(path, selector(nameConstraints.get()));
        }
    }

    private void requireNames(List<X509Certificate> path, X509CertSelector permitted)
            throws CertificateRefusedException {
        for (int i = 0; i < path.size(); i++) {
            X509Certificate certificate = path.get(i);
            boolean isChecked = i == 0 || !isSelfIssued(certificate); // RFC 5280 §6.1.3 (b)
            if (isChecked && !permitted.match(certificate)) {
                throw new CertificateRefusedException(
                        Reason.CERTIFICATE_CONSTRAINT,
                        name() + " does not permit the names of '" + ShownCertificate.subject(certificate)
                                + "' (nameConstraints)");
            }
        }
    }

    private static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private String name() {
        return "the CA '" + ShownCertificate.subject(certificate) + "'";
    }
}
