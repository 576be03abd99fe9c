package io.rollcall.server.identity;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates callers by a certificate chain and an {@code authorization} header. Independent of the protocol, whose
 * server reports connections and calls:
 *
 * <pre>
 *   connection is open    {@link #opened}        chain ──► Connection; null: no member's, close it
 *   call begins           {@link #identify}      Connection ──► Authentication by the certificate
 *                         {@link #authenticate}  … and header ──► Authentication by certificate and token
 *   its request is whole  {@link #requireStill}  both still hold
 *   it stays open         {@link #keep}          OpenStream, ended when they do not any more
 *   connection is closed  {@link #closed}
 * </pre>
 *
 * The connection stays registered meanwhile, so that {@link Connections#sweep} ends it when its credentials are
 * withdrawn. Any thread, event loops included: never waits.
 */
public final class Authenticator {
    private final ClientTrust trust;
    private final Connections connections;
    private final TokenVerifier tokens;
    private final IdentityListener listener;

    /**
     * @param connections the open connections; each call checks that its own is still valid
     * @param listener notified of each connection that is identified, or cannot be, and of each token that is accepted
     */
    public Authenticator(ClientTrust trust, Connections connections, TokenVerifier tokens, IdentityListener listener) {
        this.trust = trust;
        this.connections = connections;
        this.tokens = tokens;
        this.listener = listener;
    }

    /**
     * Registers a connection whose handshake is over.
     *
     * @param chain returns the certificates as the client sent them, its own first; empty: it sent none. Called again
     *     when the trust policy changes, and returns other objects each time, since parsed ones take some 5 kB
     * @param address the remote address, as {@link CallIdentity#address()}
     * @param hangUp closes the connection once pending data is sent; never waits; may run more than once
     * @return null: no member; each call on it must be refused, as {@link #identify} does
     */
    public @Nullable Connection opened(Supplier<X509Certificate[]> chain, String address, Runnable hangUp) {
        Connection connection;
        try {
            X509Certificate[] sent = chain.get();
            connection = new Connection(trust.vet(sent), sent[0], chain, address, hangUp);
        } catch (CertificateRefusedException e) {
            // It was accepted in the handshake and withdrawn since, or there was none.
            listener.handshakeFailed(e.from(address));
            return null;
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("what was just read can be written", e);
        }
        listener.connected(connection.identity());
        connections.opened(connection);
        return connection;
    }

    /** Removes a closed connection. */
    public void closed(Connection connection) {
        connections.closed(connection);
    }

    /**
     * Identifies the caller by the certificate alone.
     *
     * @param connection null: a connection without identity
     * @throws RefusedException if there is no identity, or it is no longer valid; then the connection has been ended
     */
    public Authentication identify(@Nullable Connection connection) {
        if (connection == null) {
            throw Refusal.CERTIFICATE_REQUIRED.because("this connection has no client certificate; connect again");
        }
        var unused = connections.require(connection, connections.now());
        return connection.certificateAlone();
    }

    /**
     * Authenticates the caller by the certificate and a token that matches it.
     *
     * @param identified the identity by the certificate
     * @param authorization all values of the header of that name, null or empty if there is none
     * @throws RefusedException if they are not valid together now
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

    /** Returns the only header. Two would be ambiguous: a proxy in front may have checked the other one. */
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
     * Returns if the credentials of a call are still valid.
     *
     * @throws RefusedException otherwise
     */
    public void requireStill(Authentication authentication) {
        connections.requireStill(authentication.connection(), authentication.token());
    }

    /**
     * Registers a stream, so that it is ended when its credentials are no longer valid.
     *
     * @param end ends the call because its credentials are no longer valid; from any thread, maybe more than once
     */
    public OpenStream keep(Authentication authentication, Consumer<RefusedException> end) {
        OpenStream stream = new OpenStream(authentication, end);
        authentication.connection().streams().add(stream);
        return stream;
    }
}
