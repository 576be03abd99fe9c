package io.rollcall.server.identity;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way in: turns a certificate chain and an {@code authorization} header into the caller. Knows no protocol; what
 * serves one tells it of connections and calls:
 *
 * <pre>
 *   connection is there   {@link #opened}        chain ──► Connection; null: no member's, close it
 *   call begins           {@link #identify}      Connection ──► Authentication by the certificate
 *                         {@link #authenticate}  … and header ──► Authentication by certificate and token
 *   its request is whole  {@link #requireStill}  both still hold
 *   it stays open         {@link #keep}          OpenStream, ended when they do not any more
 *   connection is closed  {@link #closed}
 * </pre>
 *
 * The connection is known all the while, so that {@link Connections#sweep} ends what was withdrawn. Any thread, event
 * loops too: never waits.
 */
public final class Authenticator {
    private final ClientTrust trust;
    private final Connections connections;
    private final TokenVerifier tokens;
    private final IdentityListener listener;

    /**
     * @param connections those that are open; asked by each call whether its own still holds
     * @param listener told of each connection that is identified, or cannot be, and of each token that is accepted
     */
    public Authenticator(ClientTrust trust, Connections connections, TokenVerifier tokens, IdentityListener listener) {
        this.trust = trust;
        this.connections = connections;
        this.tokens = tokens;
        this.listener = listener;
    }

    /**
     * A connection is there, its handshake over.
     *
     * @param chain as the client sent it, its own certificate first; empty: it sent none
     * @param address of the other end, as {@link CallIdentity#address()}
     * @param hangUp closes the connection, once what was sent has left; never waits; may run more than once
     * @return null: no member's; each call on it is to be refused, as {@link #identify} does
     */
    public @Nullable Connection opened(X509Certificate[] chain, String address, Runnable hangUp) {
        Connection connection;
        try {
            connection = new Connection(trust.vet(chain), chain, address, hangUp);
        } catch (CertificateRefusedException e) {
            // It was accepted in the handshake, and withdrawn since; or there was none.
            listener.handshakeFailed(e.from(address));
            return null;
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("what was just read can be written", e);
        }
        listener.connected(connection.identity());
        connections.opened(connection);
        return connection;
    }

    /** A connection is there no more. */
    public void closed(Connection connection) {
        connections.closed(connection);
    }

    /**
     * Who is calling, by the certificate alone.
     *
     * @param connection null: one without identity
     * @throws RefusedException if there is none, or it does not hold any more; then the connection has been ended
     */
    public Authentication identify(@Nullable Connection connection) {
        if (connection == null) {
            throw Refusal.CERTIFICATE_REQUIRED.because("this connection has no client certificate; connect anew");
        }
        var unused = connections.require(connection, connections.now());
        return connection.certificateAlone();
    }

    /**
     * Who is calling, by the certificate and a token that agrees with it.
     *
     * @param identified by the certificate
     * @param authorization all values of the header of that name, null or empty if there is none
     * @throws RefusedException if the two are not good together now
     */
    public Authentication authenticate(Authentication identified, @Nullable Iterable<String> authorization) {
        Connection connection = identified.connection();
        long now = connections.now();
        TrustPolicy policy = connections.require(connection, now);
        Authentication last = connection.lastAuthentication();
        VerifiedToken lastToken = last == null ? null : last.token();
        try {
            VerifiedToken verified = tokens.verify(connection, policy, only(authorization), lastToken, now);
            if (last != null && verified.equals(lastToken)) {
                return last;
            }
            Authentication accepted = connection.accept(verified);
            if (lastToken == null || !lastToken.header().equals(verified.header())) {
                listener.tokenAccepted(accepted.identity());
            }
            return accepted;
        } catch (RefusedException e) {
            connections.endIfWithdrawn(connection, e);
            throw e;
        }
    }

    /** Two of them would be two answers to who is calling, and a proxy in front may have looked at the other one. */
    private static @Nullable String only(@Nullable Iterable<String> authorization) {
        Iterator<String> each = authorization == null ? null : authorization.iterator();
        if (each == null || !each.hasNext()) {
            return null;
        }
        String only = each.next();
        if (each.hasNext()) {
            throw TokenRules.malformed("expected one header 'authorization', not several");
        }
        return only;
    }

    /**
     * Returns if what a call was let in by still holds.
     *
     * @throws RefusedException otherwise
     */
    public void requireStill(Authentication authentication) {
        connections.requireStill(authentication.connection(), authentication.token());
    }

    /**
     * Keeps in view a call that stays open, until it is closed.
     *
     * @param end ends the call because its credentials do not hold any more; from any thread, maybe more than once
     */
    public OpenStream keep(Authentication authentication, Consumer<RefusedException> end) {
        OpenStream stream = new OpenStream(authentication, end);
        authentication.connection().streams().add(stream);
        return stream;
    }
}
