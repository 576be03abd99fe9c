package io.rollcall.server.identity;

import io.rollcall.server.identity.CandidatePaths.Candidate;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Validates a path from a leaf to a CA (RFC 5280 §6): signatures, dates, constraints (those of the CA included), and
 * the strength of keys and signatures.
 *
 * <p>Reasons other than "untrusted" are reported only for a path whose signatures are valid. Otherwise an attacker
 * could forge an expired certificate of a CA, and learn from the alert whether that CA is trusted here.
 */
final class PathRules {
    private PathRules() {}

    /**
     * Returns the path, leaf first and the CA last, if it is valid.
     *
     * @throws CertificateRefusedException otherwise; the message says why
     */
    static List<X509Certificate> validate(Candidate candidate, Instant at) throws CertificateRefusedException {
        try {
            pkix(candidate, at);
            candidate.authority().requireKept(candidate.path(), Date.from(at));
            requireStrong(candidate.path());
        } catch (CertificateRefusedException e) {
            if (e.reason() != Reason.CERTIFICATE_UNTRUSTED) {
                requireSigned(candidate);
            }
            throw e;
        }
        return Stream.concat(
                        candidate.path().stream(),
                        Stream.of(candidate.authority().certificate()))
                .toList();
    }

    private static void pkix(Candidate candidate, Instant at) throws CertificateRefusedException {
        List<X509Certificate> path = candidate.path();
        try {
            PKIXParameters parameters =
                    new PKIXParameters(Set.of(candidate.authority().anchor()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            parameters.setSigProvider(SignatureChecks.of(path));
            var unused = CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException e) {
            throw refused(path, e);
        } catch (GeneralSecurityException e) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_UNREADABLE, "its path cannot be validated: " + e.getMessage(), e);
        }
    }

    private static CertificateRefusedException refused(List<X509Certificate> path, CertPathValidatorException e) {
        int index = e.getIndex();
        X509Certificate culprit = index < 0 || index >= path.size() ? path.get(0) : path.get(index);
        String name = name(path, culprit);
        if (e.getReason() == BasicReason.EXPIRED) {
            return new CertificateRefusedException(
                    Reason.CERTIFICATE_EXPIRED,
                    name + "expired on " + culprit.getNotAfter().toInstant(),
                    e);
        }
        if (e.getReason() == BasicReason.NOT_YET_VALID) {
            return new CertificateRefusedException(
                    Reason.CERTIFICATE_NOT_YET_VALID,
                    name + "is valid from " + culprit.getNotBefore().toInstant(),
                    e);
        }
        if (e.getReason() == BasicReason.ALGORITHM_CONSTRAINED) {
            return new CertificateRefusedException(
                    Reason.CERTIFICATE_WEAK, name + "uses an algorithm that this Java disables", e);
        }
        if (e.getReason() == BasicReason.INVALID_SIGNATURE) {
            return untrusted(e);
        }
        return new CertificateRefusedException(
                Reason.CERTIFICATE_CONSTRAINT, name + "breaks a rule of its path: " + e.getMessage(), e);
    }

    private static void requireStrong(List<X509Certificate> path) throws CertificateRefusedException {
        for (X509Certificate certificate : path) {
            Optional<String> weakness = CertificateStrength.weakness(certificate.getPublicKey())
                    .or(() -> CertificateStrength.weakSignature(certificate));
            if (weakness.isPresent()) {
                throw new CertificateRefusedException(
                        Reason.CERTIFICATE_WEAK, name(path, certificate) + weakness.get());
            }
        }
    }

    private static void requireSigned(Candidate candidate) throws CertificateRefusedException {
        PublicKey signer = candidate.authority().certificate().getPublicKey();
        String provider = SignatureChecks.of(candidate.path());
        for (int i = candidate.path().size() - 1; i >= 0; i--) {
            X509Certificate certificate = candidate.path().get(i);
            try {
                if (provider == null) {
                    certificate.verify(signer);
                } else {
                    certificate.verify(signer, provider);
                }
            } catch (GeneralSecurityException e) {
                throw untrusted(e);
            }
            signer = certificate.getPublicKey();
        }
    }

    static CertificateRefusedException untrusted(@Nullable GeneralSecurityException cause) {
        return new CertificateRefusedException(
                Reason.CERTIFICATE_UNTRUSTED, "no CA of the namespace's trust bundle vouches for it", cause);
    }

    /** Names a certificate in a message; empty for the leaf, which is the subject of the message. */
    private static String name(List<X509Certificate> path, X509Certificate certificate) {
        return certificate.equals(path.get(0)) ? "" : "'" + ShownCertificate.subject(certificate) + "' on its path ";
    }
}
