package io.rollcall.server.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Connection.Accepted;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who is calling, and leaves it in {@link CallIdentity#current()}: the holder of the connection's certificate and,
 * where the method asks for one, of a token that agrees with it. Whoever does not pass is refused before the service
 * hears of the call, and again when its request is whole. Streams stay known, so that they can be ended when their
 * credentials are.
 *
 * <p>The call must take being closed from any thread, while another sends.
 */
public final class IdentityInterceptor implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Connections connections;
    private final TokenVerifier tokens;
    private final IdentityListener listener;
    private final Predicate<MethodDescriptor<?, ?>> needsToken;

    /**
     * @param listener told of each token that is accepted on a connection
     * @param needsToken asked for each call; the others need a certificate alone
     */
    public IdentityInterceptor(
            Connections connections,
            TokenVerifier tokens,
            IdentityListener listener,
            Predicate<MethodDescriptor<?, ?>> needsToken) {
        this.connections = connections;
        this.tokens = tokens;
        this.listener = listener;
        this.needsToken = needsToken;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Connection connection = call.getAttributes().get(Connection.KEY);
        if (connection == null) {
            throw Refusal.CERTIFICATE_REQUIRED.because("this connection has no client certificate; connect anew");
        }
        long now = connections.now();
        TrustPolicy policy = connections.require(connection, now);
        Accepted accepted = needsToken.test(call.getMethodDescriptor())
                ? verify(connection, policy, onlyAuthorization(headers), now)
                : null;
        CallIdentity identity = accepted == null ? connection.certificateIdentity() : accepted.identity();
        Context identified = Context.current().withValue(CallIdentity.KEY, identity);
        ServerCall.Listener<Q> service = Contexts.interceptCall(identified, call, headers, next);
        VerifiedToken token = accepted == null ? null : accepted.token();
        return call.getMethodDescriptor().getType() == MethodType.UNARY
                ? new Asked<>(service, connection, token)
                : new Streamed<>(service, connection, new OpenStream(call, token));
    }

    /** Two of them would be two answers to who is calling, and a proxy in front may have looked at the other one. */
    private static @Nullable String onlyAuthorization(Metadata headers) {
        Iterable<String> values = headers.getAll(AUTHORIZATION);
        if (values == null) {
            return null;
        }
        Iterator<String> each = values.iterator();
        String only = each.next();
        if (each.hasNext()) {
            throw TokenRules.malformed("expected one header 'authorization', not several");
        }
        return only;
    }

    private Accepted verify(Connection connection, TrustPolicy policy, @Nullable String header, long now) {
        Accepted last = connection.lastAccepted();
        VerifiedToken lastToken = last == null ? null : last.token();
        try {
            VerifiedToken verified = tokens.verify(connection, policy, header, lastToken, now);
            if (last != null && verified.equals(lastToken)) {
                return last;
            }
            Accepted accepted = connection.accept(verified);
            if (lastToken == null || !lastToken.header().equals(verified.header())) {
                listener.tokenAccepted(accepted.identity());
            }
            return accepted;
        } catch (RefusedException e) {
            connections.endIfWithdrawn(connection, e);
            throw e;
        }
    }

    /** A call may begin now and bring its request in an hour: what let it in is asked for again then. */
    private final class Asked<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Connection connection;
        private final @Nullable VerifiedToken token;

        Asked(ServerCall.Listener<Q> service, Connection connection, @Nullable VerifiedToken token) {
            super(service);
            this.connection = connection;
            this.token = token;
        }

        @Override
        public void onHalfClose() {
            connections.requireStill(connection, token);
            super.onHalfClose();
        }
    }

    /** Known from the first callback to the last. */
    private static final class Streamed<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Connection connection;
        private final OpenStream stream;

        Streamed(ServerCall.Listener<Q> service, Connection connection, OpenStream stream) {
            super(service);
            this.connection = connection;
            this.stream = stream;
            connection.streams().add(stream);
        }

        /** A client that does not read the end of its stream may go on sending until it is cut off. */
        @Override
        public void onMessage(Q message) {
            if (!stream.isEnded()) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!stream.isEnded()) {
                super.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            connection.streams().remove(stream);
            super.onCancel();
        }

        @Override
        public void onComplete() {
            connection.streams().remove(stream);
            super.onComplete();
        }
    }
}
