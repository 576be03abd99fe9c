package io.rollcall.server.identity;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Notes a connection's identity once its handshake is over, and forgets it when it is closed. A resumed TLS session
 * brings no certificate and passes no trust manager; such a connection stays without identity, each of its calls is
 * refused, and it is closed. Runs on the event loop.
 */
public final class ConnectionIdentifier extends ServerTransportFilter {
    private final ClientTrust trust;
    private final Connections connections;
    private final IdentityListener listener;
    private final Function<Attributes, Runnable> hangUps;

    /**
     * @param listener told of each connection that is identified, or cannot be
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
        listener.connected(connection.certificateIdentity());
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
        String address = CallIdentity.address(transport);
        try {
            X509Certificate[] chain = chain(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            return new Connection(trust.vet(chain), chain, address, hangUps.apply(transport));
        } catch (CertificateRefusedException e) {
            // It was accepted in the handshake, and withdrawn since; or there was none.
            listener.handshakeFailed(e.from(address));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("what was just read can be written", e);
        }
        return null;
    }

    /** Empty where the handshake brought none. */
    private static X509Certificate[] chain(@Nullable SSLSession session) {
        try {
            return session == null
                    ? new X509Certificate[0]
                    : Arrays.stream(session.getPeerCertificates())
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
        } catch (SSLPeerUnverifiedException none) {
            return new X509Certificate[0];
        }
    }
}
