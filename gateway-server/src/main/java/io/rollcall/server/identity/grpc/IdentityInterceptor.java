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
 * Authenticates each call with the {@link Authenticator}, and stores the identity in {@link CurrentCall}. Refuses
 * invalid callers before the service sees the call, and checks again when the request is complete. Keeps streams
 * registered, so that they are ended when their credentials become invalid.
 *
 * <p>The call must support being closed from any thread while another sends.
 */
public final class IdentityInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Authenticator authenticator;
    private final Predicate<MethodDescriptor<?, ?>> needsToken;

    /** @param needsToken whether a method requires a token; the others require only a certificate */
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

    /** Checks the credentials again when the request is complete, which may be an hour after the call began. */
    private final class Asked<Q> extends ServerCall.Listener<Q> {
        private final ServerCall.Listener<Q> service;
        private final Authentication authentication;

        Asked(ServerCall.Listener<Q> service, Authentication authentication) {
            this.service = service;
            this.authentication = authentication;
        }

        @Override
        public void onMessage(Q message) {
            service.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            authenticator.requireStill(authentication);
            service.onHalfClose();
        }

        @Override
        public void onReady() {
            service.onReady();
        }

        @Override
        public void onCancel() {
            service.onCancel();
        }

        @Override
        public void onComplete() {
            service.onComplete();
        }
    }

    /** Keeps the stream registered from the first callback to the last. */
    private static final class Streamed<Q> extends SimpleForwardingServerCallListener<Q> {
        private final OpenStream stream;

        Streamed(ServerCall.Listener<Q> service, OpenStream stream) {
            super(service);
            this.stream = stream;
        }

        /**
         * Drops the message if the stream was ended: a client that does not read the end may keep sending until it is
         * disconnected.
         */
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
