package io.rollcall.devcerts;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A CA. Where a {@link CertificateSpec} names no time, the certificate holds from a minute ago (clocks differ) for 30
 * days, but never longer than the CA's own. Safe for use by many threads.
 */
public final class CertificateIssuer {
    /** How long everything made here lives, unless a spec says otherwise. */
    public static final Duration LIFETIME = Duration.ofDays(30);

    private static final Duration BACKDATED = Duration.ofMinutes(1);

    private final Credential authority;
    private final Clock clock;

    private CertificateIssuer(Credential authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    /** The CA that these keys are; an intermediate one, say, that another CA certified. */
    public static CertificateIssuer of(Credential authority, Clock clock) {
        return new CertificateIssuer(authority, clock);
    }

    /** A new CA that vouches for itself; {@link CertificateSpec#authority} is the usual spec. */
    public static CertificateIssuer selfSigned(CertificateSpec spec, Clock clock) {
        KeyPair keys = spec.keys == null ? Keys.generate() : spec.keys;
        Validity validity = Validity.of(spec, clock, Instant.MAX);
        X509Certificate certificate = CertificateSigner.selfSigned(spec, keys)
                .sign(spec, keys.getPublic(), validity.notBefore, validity.notAfter);
        return new CertificateIssuer(new Credential(keys.getPrivate(), certificate), clock);
    }

    /** The CA's own certificate: what a trust bundle holds. */
    public X509Certificate authority() {
        return authority.certificate();
    }

    /** Makes the certificate that {@code spec} asks for, and its key where the spec brings none. */
    public Credential certificate(CertificateSpec spec) {
        KeyPair keys = spec.keys == null ? Keys.generate() : spec.keys;
        Validity validity = Validity.of(spec, clock, authority().getNotAfter().toInstant());
        X509Certificate certificate =
                CertificateSigner.of(authority).sign(spec, keys.getPublic(), validity.notBefore, validity.notAfter);
        return new Credential(keys.getPrivate(), certificate);
    }

    /** A CRL in PEM that withdraws these certificates as of now; the next one is due when the CA ends. */
    public String revocationList(X509Certificate... withdrawn) {
        return CertificateSigner.of(authority)
                .revoke(now(clock), authority().getNotAfter().toInstant(), null, withdrawn);
    }

    /** As {@link #revocationList(X509Certificate...)}, with this number in the row of the CA's lists. */
    public String numberedRevocationList(long number, X509Certificate... withdrawn) {
        return CertificateSigner.of(authority)
                .revoke(now(clock), authority().getNotAfter().toInstant(), number, withdrawn);
    }

    /** The CA's own certificate with its key: for a CA that shows itself as if it were a member, say. */
    public Credential credential() {
        return authority;
    }

    /** Certificates and tokens know whole seconds only. */
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
