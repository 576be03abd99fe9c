package io.rollcall.server.identity;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes a connection's identity once its handshake is over. A resumed TLS session brings no certificate and passes no
 * trust manager; such a connection stays without identity, and each of its calls is refused. Runs on the event loop.
 */
public final class ConnectionIdentifier extends ServerTransportFilter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionIdentifier.class);

    private final ClientTrust trust;
    private final IdentityListener listener;

    /** @param listener told of each connection that is identified */
    public ConnectionIdentifier(ClientTrust trust, IdentityListener listener) {
        this.trust = trust;
        this.listener = listener;
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        Connection connection = identify(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION), Origin.address(transport));
        if (connection == null) {
            return transport;
        }
        listener.connected(connection.certificateOrigin());
        return transport.toBuilder().set(Connection.KEY, connection).build();
    }

    private @Nullable Connection identify(@Nullable SSLSession session, String address) {
        if (session == null) {
            return null;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            if (chain.length > 0 && chain[0] instanceof X509Certificate leaf) {
                return new Connection(trust.identify(leaf), leaf, address);
            }
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            LOG.debug("A connection stays without identity: {}", e.toString());
        }
        return null;
    }
}
