package io.rollcall.devcerts;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A CA. Unless the {@link CertificateSpec} sets a validity, a certificate is valid from a minute ago (clocks differ)
 * for 30 days, but never longer than the CA's own. Thread-safe.
 */
public final class CertificateIssuer {
    /** The default lifetime of certificates and tokens. */
    public static final Duration LIFETIME = Duration.ofDays(30);

    private static final Duration BACKDATED = Duration.ofMinutes(1);

    private final Credential authority;
    private final Clock clock;

    private CertificateIssuer(Credential authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /** Returns the CA with this certificate and key, for example an intermediate CA. */
    public static CertificateIssuer of(Credential authority, Clock clock) {
        return new CertificateIssuer(authority, clock);
    }

    /** Creates a self-signed CA; {@link CertificateSpec#authority} is the usual spec. */
    public static CertificateIssuer selfSigned(CertificateSpec spec, Clock clock) {
        KeyPair keys = spec.keys == null ? Keys.generate() : spec.keys;
        Validity validity = Validity.of(spec, clock, Instant.MAX);
        X509Certificate certificate = CertificateSigner.selfSigned(spec, keys)
                .sign(spec, keys.getPublic(), validity.notBefore, validity.notAfter);
        return new CertificateIssuer(new Credential(keys.getPrivate(), certificate), clock);
    }

    /** Returns the CA's certificate, for a trust bundle. */
    public X509Certificate authority() {
        return authority.certificate();
    }

    /** Issues a certificate for {@code spec}, with a new key unless the spec has one. */
    public Credential certificate(CertificateSpec spec) {
        KeyPair keys = spec.keys == null ? Keys.generate() : spec.keys;
        Validity validity = Validity.of(spec, clock, authority().getNotAfter().toInstant());
        X509Certificate certificate =
                CertificateSigner.of(authority).sign(spec, keys.getPublic(), validity.notBefore, validity.notAfter);
        return new Credential(keys.getPrivate(), certificate);
    }

    /** Returns a PEM CRL that revokes these certificates as of now; its next update is due when the CA expires. */
    public String revocationList(X509Certificate... withdrawn) {
        return CertificateSigner.of(authority)
                .revoke(now(clock), authority().getNotAfter().toInstant(), null, withdrawn);
    }

    /** As {@link #revocationList(X509Certificate...)}, with this CRL number. */
    public String numberedRevocationList(long number, X509Certificate... withdrawn) {
        return CertificateSigner.of(authority)
                .revoke(now(clock), authority().getNotAfter().toInstant(), number, withdrawn);
    }

    /** Returns the CA's certificate with its key, for example to use the CA as a member. */
    public Credential credential() {
        return authority;
    }

    /** Returns the time in whole seconds, as used in certificates and tokens. */
    static Instant now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private record Validity(Instant notBefore, Instant notAfter) {
        static Validity of(CertificateSpec spec, Clock clock, Instant latest) {
            Instant now = now(clock);
            Instant end = now.plus(LIFETIME);
            return new Validity(
                    spec.notBefore == null ? now.minus(BACKDATED) : spec.notBefore,
                    spec.notAfter != null ? spec.notAfter : end.isBefore(latest) ? end : latest);
        }
    }
}
