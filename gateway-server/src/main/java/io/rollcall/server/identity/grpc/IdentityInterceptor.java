package io.rollcall.server.identity.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.RefusalStatus;
import io.rollcall.server.identity.Authentication;
import io.rollcall.server.identity.Authenticator;
import io.rollcall.server.identity.Connection;
import io.rollcall.server.identity.OpenStream;
import java.util.function.Predicate;

/**
 * Asks the {@link Authenticator} who is calling, and leaves the answer in {@link CurrentCall}. Whoever does not pass is
 * refused before the service hears of the call, and again when its request is whole. Streams stay known, so that they can
 * be ended when their credentials are.
 *
 * <p>The call must take being closed from any thread, while another sends.
 */
public final class IdentityInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Authenticator authenticator;
    private final Predicate<MethodDescriptor<?, ?>> needsToken;

    /** @param needsToken asked for each call; the others need a certificate alone */
    public IdentityInterceptor(Authenticator authenticator, Predicate<MethodDescriptor<?, ?>> needsToken) {
        this.authenticator = authenticator;
        this.needsToken = needsToken;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Connection connection = ConnectionIdentifier.connectionOf(call.getAttributes());
        Authentication authentication = authenticator.identify(connection);
        if (needsToken.test(call.getMethodDescriptor())) {
            authentication = authenticator.authenticate(authentication, headers.getAll(AUTHORIZATION));
        }
        Context identified = Context.current().withValue(CurrentCall.KEY, authentication.identity());
        ServerCall.Listener<Q> service = Contexts.interceptCall(identified, call, headers, next);
        return call.getMethodDescriptor().getType() == MethodType.UNARY
                ? new Asked<>(service, authentication)
                : new Streamed<>(service, authenticator.keep(authentication, why -> RefusalStatus.close(call, why)));
    }

    /** A call may begin now and bring its request in an hour: what let it in is asked for again then. */
    private final class Asked<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Authentication authentication;

        Asked(ServerCall.Listener<Q> service, Authentication authentication) {
            super(service);
            this.authentication = authentication;
        }

        @Override
        public void onHalfClose() {
            authenticator.requireStill(authentication);
            super.onHalfClose();
        }
    }

    /** Known from the first callback to the last. */
    private static final class Streamed<Q> extends SimpleForwardingServerCallListener<Q> {
        private final OpenStream stream;

        Streamed(ServerCall.Listener<Q> service, OpenStream stream) {
            super(service);
            this.stream = stream;
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
            stream.close();
            super.onCancel();
        }

        @Override
        public void onComplete() {
            stream.close();
            super.onComplete();
        }
    }
}
