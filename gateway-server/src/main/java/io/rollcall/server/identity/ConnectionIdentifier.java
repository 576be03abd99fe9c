package io.rollcall.server.identity;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes a connection's identity once its handshake is over, and forgets it when it is closed. A resumed TLS session
 * brings no certificate and passes no trust manager; such a connection stays without identity, each of its calls is
 * refused, and it is closed. Runs on the event loop.
 */
public final class ConnectionIdentifier extends ServerTransportFilter {
    private static final Logger log = LoggerFactory.getLogger(ConnectionIdentifier.class);

    private final ClientTrust trust;
    private final Connections connections;
    private final IdentityListener listener;
    private final Function<Attributes, Runnable> hangUps;

    /**
     * @param listener told of each connection that is identified
     * @param hangUps what closes the connection of these attributes, once what was sent has left; never waits
     */
    public ConnectionIdentifier(
            ClientTrust trust,
            Connections connections,
            IdentityListener listener,
            Function<Attributes, Runnable> hangUps) {
        this.trust = trust;
        this.connections = connections;
        this.listener = listener;
        this.hangUps = hangUps;
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        Connection connection = identify(transport);
        if (connection == null) {
            hangUps.apply(transport).run(); // it is good for nothing
            return transport;
        }
        listener.connected(connection.certificateOrigin());
        connections.opened(connection);
        return transport.toBuilder().set(Connection.KEY, connection).build();
    }

    /** @param transport null: it never became ready */
    @Override
    public void transportTerminated(@Nullable Attributes transport) {
        Connection connection = transport == null ? null : transport.get(Connection.KEY);
        if (connection != null) {
            connections.closed(connection);
        }
    }

    private @Nullable Connection identify(Attributes transport) {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return null;
        }
        try {
            X509Certificate[] chain = Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            return new Connection(trust.vet(chain), chain, Origin.address(transport), hangUps.apply(transport));
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            log.debug("A connection stays without identity: {}", e.toString());
        }
        return null;
    }
}
