package io.rollcall.server.identity.grpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.handler.ssl.util.LazyX509Certificate;
import io.rollcall.server.identity.Authenticator;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Connection;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Registers a connection's identity when its handshake is over, and removes it when the connection is closed. A resumed
 * TLS session has no certificate and bypasses the trust manager; such a connection gets no identity, its calls are
 * refused, and it is closed. Runs on the event loop.
 */
public final class ConnectionIdentifier extends ServerTransportFilter {
    private static final Attributes.Key<Connection> KEY = Attributes.Key.create("rollcall-connection");

    private final Authenticator authenticator;
    private final Function<Attributes, Runnable> hangUps;

    /** @param hangUps close the connection with these attributes once pending data is sent; never wait */
    public ConnectionIdentifier(Authenticator authenticator, Function<Attributes, Runnable> hangUps) {
        this.authenticator = authenticator;
        this.hangUps = hangUps;
    }

    /**
     * Returns a connection's identity, with the token that was accepted on it last; only the address if it has no
     * identity.
     *
     * @param connection attributes of a connection or of a call on it
     */
    public static CallIdentity identityOf(Attributes connection) {
        Connection identified = connectionOf(connection);
        return identified == null ? CallIdentity.unknown(address(connection)) : identified.identity();
    }

    /** Returns the connection; null: it has no identity. */
    static @Nullable Connection connectionOf(Attributes connection) {
        return connection.get(KEY);
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        Runnable hangUp = hangUps.apply(transport);
        Connection connection =
                authenticator.opened(chain(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)), address(transport), hangUp);
        if (connection == null) {
            hangUp.run(); // a connection without identity is useless
            return transport;
        }
        return transport.toBuilder().set(KEY, connection).build();
    }

    /** @param transport null: it never became ready */
    @Override
    public void transportTerminated(@Nullable Attributes transport) {
        Connection connection = transport == null ? null : connectionOf(transport);
        if (connection != null) {
            authenticator.closed(connection);
        }
    }

    private static String address(Attributes connection) {
        return CallIdentity.address(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    /** Returns the client's certificates, not parsed yet; empty if it sent none. */
    private static Supplier<X509Certificate[]> chain(@Nullable SSLSession session) {
        Certificate[] sent = sent(session);
        return () -> Arrays.stream(sent).map(ConnectionIdentifier::unparsed).toArray(X509Certificate[]::new);
    }

    private static Certificate[] sent(@Nullable SSLSession session) {
        try {
            return session == null ? new Certificate[0] : session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException none) {
            return new Certificate[0];
        }
    }

    /** A copy: the session would keep what its own object has parsed for as long as the connection is open. */
    private static X509Certificate unparsed(Certificate sent) {
        try {
            return new LazyX509Certificate(sent.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("what was just read can be written", e);
        }
    }
}
