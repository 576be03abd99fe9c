package io.rollcall.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.watchdog.OutOfMemory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides in the TLS handshake whether a client's certificate is a member's.
 *
 * <pre>
 * leaf ──► one SPIFFE ID ──► (trust domain, namespace) ──► that bundle alone ──► path validation ──► not withdrawn
 *          spiffe://example.org/ns/alpha/node/3           alpha's CAs
 * </pre>
 *
 * The bundle is chosen before the path is validated, so that one tenant's CA can never vouch for another's node,
 * whatever its certificates contain. Any thread. Runs on the event loop: a tenth of a millisecond for each new
 * connection, no I/O.
 */
public final class ClientTrust extends X509ExtendedTrustManager {
    private static final Logger log = LoggerFactory.getLogger(ClientTrust.class);
    private static final int REMEMBERED = 10_000;
    private final TrustPolicies policies;
    private final Clock clock;
    /** Results by the hash of the chain, so that the check after the handshake does not validate the path again. */
    private final Cache<ByteBuffer, Vetting> vetted = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    /** @param clock for the dates of certificates */
    public ClientTrust(TrustPolicies policies, Clock clock) {
        this.policies = policies;
        this.clock = clock;
    }

    /**
     * The result of validating a certificate.
     *
     * @param generation generation of the trust policy that it was validated under
     * @param untilMillis end of its validity if nothing changes; milliseconds since the epoch
     */
    record Vetting(SpiffeId id, long generation, long untilMillis) {
        boolean holds(long presentGeneration, long nowMillis) {
            return generation == presentGeneration && nowMillis <= untilMillis;
        }
    }

    /**
     * Validates a client's certificates against the policy in force; cheap if that was just done.
     *
     * @param chain the client's own certificate first, then others in any order
     * @throws CertificateRefusedException if it is not a member's certificate; the message says what was expected
     */
    Vetting vet(X509Certificate[] chain) throws CertificateRefusedException {
        if (chain.length == 0) {
            throw new CertificateRefusedException(Reason.CERTIFICATE_MISSING, "expected a client certificate");
        }
        try {
            return examine(chain);
        } catch (CertificateRefusedException e) {
            throw e.about(shown(chain[0]));
        } catch (CertificateException | RuntimeException e) {
            // TLS passes certificates on unparsed, and anybody can choose what is in them.
            log.debug("a client's certificate cannot be read", e);
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_UNREADABLE,
                    "its certificate cannot be read: " + e.getClass().getSimpleName(),
                    e);
        }
    }

    private Vetting examine(X509Certificate[] chain) throws CertificateException {
        if (chain.length > CandidatePaths.MOST_SENT) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_CHAIN_TOO_LONG,
                    "expected at most " + CandidatePaths.MOST_SENT + " certificates, found " + chain.length);
        }
        requireLeafFirst(chain);
        SpiffeId id = LeafRules.identify(chain[0]);
        TrustPolicy policy = policies.find(id.caller().namespace());
        if (policy == null || !policy.trustDomain().equals(id.trustDomain())) {
            throw new CertificateRefusedException(Reason.NAMESPACE_UNKNOWN, "no such trust domain and namespace here");
        }
        Instant now = clock.instant();
        ByteBuffer asSent = hash(chain);
        Vetting before = vetted.getIfPresent(asSent);
        if (before != null && before.holds(policy.generation(), now.toEpochMilli())) {
            return before;
        }
        Vetting vetting = new Vetting(id.in(policy.namespace()), policy.generation(), policy.vouch(chain, now));
        vetted.put(asSent, vetting);
        return vetting;
    }

    /**
     * The first certificate must be the one whose key the client holds; the others may have any order (RFC 8446
     * §4.4.2).
     */
    private static void requireLeafFirst(X509Certificate[] chain) throws CertificateRefusedException {
        if (chain[0].getBasicConstraints() >= 0
                && Arrays.stream(chain).anyMatch(certificate -> certificate.getBasicConstraints() < 0)) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_ORDER,
                    "a CA's certificate comes first (expected the member's own first, then the CAs)");
        }
    }

    private static ByteBuffer hash(X509Certificate[] chain) throws CertificateException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509Certificate certificate : chain) {
                digest.update(certificate.getEncoded());
            }
            return ByteBuffer.wrap(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private ShownCertificate shown(X509Certificate leaf) {
        SpiffeId claimed = claimed(leaf);
        return ShownCertificate.of(
                leaf,
                claimed,
                claimed != null && policies.serves(claimed.caller().namespace()));
    }

    private static @Nullable SpiffeId claimed(X509Certificate leaf) {
        try {
            return LeafRules.identify(leaf);
        } catch (CertificateRefusedException e) {
            return null; // the reason of the refusal says so
        }
    }

    private void check(X509Certificate[] chain) throws CertificateRefusedException {
        var unused = vet(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            check(chain);
        } catch (RuntimeException | Error e) {
            var unused = OutOfMemory.endProcessOrRefuse(e); // otherwise TLS would refuse the handshake silently
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    /**
     * Returns none: the list is copied when TLS is set up, and would show every tenant's CA to anybody who connects.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw clientsOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw clientsOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw clientsOnly();
    }

    private static CertificateException clientsOnly() {
        return new CertificateException("this verifies clients, never servers");
    }
}
