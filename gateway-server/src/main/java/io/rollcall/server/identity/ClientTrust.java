package io.rollcall.server.identity;

import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.namespace.NamespaceName;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides in the TLS handshake whether a client's certificate is a member's.
 *
 * <pre>
 * leaf ──► one SPIFFE ID ──► (trust domain, namespace) ──► that bundle alone ──► path validation
 *          spiffe://example.org/ns/alpha/node/3           alpha's CAs
 * </pre>
 *
 * The bundle is chosen before the path is validated, so that one tenant's CA can never vouch for another's node,
 * however its certificates read. Immutable; any thread. Runs on the event loop: about a millisecond for each new
 * connection, no I/O. Revocation lists are not consulted.
 */
public final class ClientTrust extends X509ExtendedTrustManager {
    private record Domain(String trustDomain, NamespaceName namespace) {}

    private static final int HEX = 16;

    private final Map<Domain, TrustBundle> bundles = new HashMap<>();
    private final Clock clock;
    private final IdentityListener listener;

    /**
     * @param clock for the dates of certificates
     * @param listener told of each certificate that is refused
     * @throws IllegalArgumentException if a trust bundle cannot be used; the message names the file and what to do
     */
    public ClientTrust(IdentityConfig config, Clock clock, IdentityListener listener) {
        this.clock = clock;
        this.listener = listener;
        for (NamespaceConfig namespace : config.namespaces()) {
            bundles.put(
                    new Domain(config.trustDomain(), namespace.name()),
                    TrustBundle.load(namespace.name(), namespace.trustBundle(), config.dev(), clock.instant()));
        }
    }

    /**
     * Whom the leaf names, if that is a namespace served here. Cheap; the path is not validated again.
     *
     * @throws CertificateException if it is no member's certificate
     */
    SpiffeId identify(X509Certificate leaf) throws CertificateException {
        SpiffeId id = LeafRules.identify(leaf);
        bundle(id);
        return id;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("expected a client certificate");
        }
        String claimed = null;
        try {
            SpiffeId id = LeafRules.identify(chain[0]);
            claimed = id.toString();
            bundle(id).validate(chain, clock);
        } catch (CertificateException e) {
            listener.certificateRefused(
                    claimed, chain[0].getSerialNumber().toString(HEX), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private TrustBundle bundle(SpiffeId id) throws CertificateException {
        TrustBundle bundle =
                bundles.get(new Domain(id.trustDomain(), id.caller().namespace()));
        if (bundle == null) {
            throw new CertificateException("no such trust domain and namespace here");
        }
        return bundle;
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
