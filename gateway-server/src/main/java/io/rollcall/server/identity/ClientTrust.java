package io.rollcall.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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
    private static final int HEX = 16;

    private final Memberships memberships;
    private final Clock clock;
    private final IdentityListener listener;
    /** So that who asks again after the handshake does not have the path validated twice. */
    private final Cache<List<X509Certificate>, Vetting> vetted = Caffeine.newBuilder()
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
        List<X509Certificate> asSent = List.of(chain);
        Vetting before = vetted.getIfPresent(asSent);
        if (before != null && before.holds(membership.generation(), now.toEpochMilli())) {
            return before;
        }
        Vetting vetting = new Vetting(id, membership.generation(), membership.vouch(chain, now));
        vetted.put(asSent, vetting);
        return vetting;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        try {
            var unused = vet(chain);
        } catch (CertificateException e) {
            if (chain.length > 0) {
                listener.certificateRefused(
                        claimed(chain[0]), chain[0].getSerialNumber().toString(HEX), String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private static @Nullable String claimed(X509Certificate leaf) {
        try {
            return LeafRules.identify(leaf).toString();
        } catch (CertificateException e) {
            return null; // why it was refused says so
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
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
