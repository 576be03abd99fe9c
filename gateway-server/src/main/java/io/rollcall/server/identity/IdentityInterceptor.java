package io.rollcall.server.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.Refusal;
import java.time.Clock;
import java.util.function.Predicate;

/**
 * Finds out who is calling, and leaves it in {@link Origin#current()}: the holder of the connection's certificate and,
 * where the method asks for one, of a token that agrees with it. Whoever does not pass is refused before the service
 * hears of the call.
 */
public final class IdentityInterceptor implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final TokenVerifier tokens;
    private final Clock clock;
    private final Predicate<MethodDescriptor<?, ?>> needsToken;

    /**
     * @param clock for the end of certificates, which may come while the connection is open
     * @param needsToken asked for each call; the others need a certificate alone
     */
    public IdentityInterceptor(TokenVerifier tokens, Clock clock, Predicate<MethodDescriptor<?, ?>> needsToken) {
        this.tokens = tokens;
        this.clock = clock;
        this.needsToken = needsToken;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Connection connection = call.getAttributes().get(Connection.KEY);
        if (connection == null) {
            throw Refusal.CERTIFICATE_REQUIRED.because("this connection has no client certificate; connect anew");
        }
        if (clock.millis() > connection.notAfterMillis()) {
            throw Refusal.CERTIFICATE_REQUIRED.because("this connection's certificate has expired; get a new one");
        }
        Origin origin = needsToken.test(call.getMethodDescriptor())
                ? tokens.verify(connection, headers.get(AUTHORIZATION))
                : connection.certificateOrigin();
        Context identified = Context.current().withValue(Origin.KEY, origin);
        return Contexts.interceptCall(identified, call, headers, next);
    }
}
