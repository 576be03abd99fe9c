package io.rollcall.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.watchdog.OutOfMemory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides in the TLS handshake whether a client's certificate is a member's.
 *
 * <pre>
 * leaf ──► one SPIFFE ID ──► (trust domain, namespace) ──► that bundle alone ──► path validation ──► not withdrawn
 *          spiffe://example.org/ns/alpha/node/3           alpha's CAs
 * </pre>
 *
 * The bundle is chosen before the path is validated, so that one tenant's CA can never vouch for another's node,
 * however its certificates read. Any thread. Runs on the event loop: a tenth of a millisecond for each new connection,
 * no I/O.
 */
public final class ClientTrust extends X509ExtendedTrustManager {
    private static final int REMEMBERED = 10_000;
    private final Memberships memberships;
    private final Clock clock;
    private final IdentityListener listener;
    /** By the hash of the chain, so that who asks again after the handshake does not have the path validated twice. */
    private final Cache<ByteBuffer, Vetting> vetted = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    /**
     * @param clock for the dates of certificates
     * @param listener told of each certificate that fails a handshake
     */
    public ClientTrust(Memberships memberships, Clock clock, IdentityListener listener) {
        this.memberships = memberships;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * What came of a certificate's examination.
     *
     * @param generation of the membership that it was held against
     * @param untilMillis until when it holds if nothing changes; milliseconds since the epoch
     */
    record Vetting(SpiffeId id, long generation, long untilMillis) {
        boolean holds(long presentGeneration, long nowMillis) {
            return generation == presentGeneration && nowMillis <= untilMillis;
        }
    }

    /**
     * Examines a chain against what is in force now; cheap where that has just been done.
     *
     * @throws CertificateException if it is no member's certificate; the message says what was expected
     */
    Vetting vet(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("expected a client certificate");
        }
        SpiffeId id = LeafRules.identify(chain[0]);
        Membership membership = memberships.find(id.caller().namespace());
        if (membership == null || !membership.trustDomain().equals(id.trustDomain())) {
            throw new CertificateException("no such trust domain and namespace here");
        }
        Instant now = clock.instant();
        ByteBuffer asSent = hash(chain);
        Vetting before = vetted.getIfPresent(asSent);
        if (before != null && before.holds(membership.generation(), now.toEpochMilli())) {
            return before;
        }
        Vetting vetting = new Vetting(id, membership.generation(), membership.vouch(chain, now));
        vetted.put(asSent, vetting);
        return vetting;
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

    private void check(X509Certificate[] chain) throws CertificateException {
        try {
            var unused = vet(chain);
        } catch (CertificateException e) {
            if (chain.length > 0) {
                tellRefused(chain[0], String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void tellRefused(X509Certificate leaf, String why) {
        SpiffeId claimed = claimed(leaf);
        NamespaceName namespace = claimed == null ? null : claimed.caller().namespace();
        listener.certificateRefused(
                claimed == null ? null : claimed.toString(),
                namespace != null && memberships.serves(namespace) ? namespace : null,
                Origin.serial(leaf),
                why);
    }

    private static @Nullable SpiffeId claimed(X509Certificate leaf) {
        try {
            return LeafRules.identify(leaf);
        } catch (CertificateException e) {
            return null; // why it was refused says so
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            check(chain);
        } catch (RuntimeException | Error e) {
            var unused = OutOfMemory.endProcessOrRefuse(e); // else TLS refuses the handshake, and says nothing of it
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

    /** None: the list is copied when TLS is set up and would name every tenant's CA to whoever connects. */
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
        return new CertificateException("this judges clients, never servers");
    }
}
