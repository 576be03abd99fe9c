package io.rollcall.server.failure;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.random.RandomGenerator;

/**
 * Outermost: turns what is thrown anywhere further in into the call's end. A {@link RefusedException} becomes its
 * status and trailers; no memory outside the heap is {@link Refusal#OUT_OF_MEMORY}; anything else, an {@link Error}
 * too, is a defect, told to the caller as {@link Refusal#INTERNAL} with an incident
 * number, under which the log has the stack trace.
 */
public final class RefusalInterceptor implements ServerInterceptor {
    private final RefusableCall.Shared shared;

    /**
     * @param incidents makes incident numbers; used from many threads at once
     * @param throttle at which calls are refused that reach no service
     * @param listener told of each refusal
     * @param room asked for each reply
     */
    public RefusalInterceptor(
            RandomGenerator incidents, RefusalThrottle throttle, RefusalListener listener, ReplyRoom room) {
        this.shared = new RefusableCall.Shared(incidents, throttle, listener, room);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        RefusableCall<Q, R> refusable = new RefusableCall<>(call, shared);
        try {
            return new Guard<>(next.startCall(refusable, headers), refusable);
        } catch (RuntimeException | Error e) {
            refusable.refuseUnbegun(e);
            return new ServerCall.Listener<>() {};
        }
    }

    /**
     * Once a callback threw, the service gets no more messages of this call; it still hears of the call's end, so that
     * it can let go of what it holds.
     */
    private static final class Guard<Q> extends SimpleForwardingServerCallListener<Q> {
        private final RefusableCall<Q, ?> call;
        private boolean refused; // callbacks of one call come one after the other

        Guard(ServerCall.Listener<Q> service, RefusableCall<Q, ?> call) {
            super(service);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (!refused) {
                guard(() -> super.onMessage(message));
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                guard(super::onHalfClose);
            }
        }

        @Override
        public void onReady() {
            if (!refused) {
                guard(super::onReady);
            }
        }

        @Override
        public void onCancel() {
            guard(super::onCancel);
        }

        @Override
        public void onComplete() {
            guard(super::onComplete);
        }

        private void guard(Runnable callback) {
            try {
                callback.run();
            } catch (RuntimeException | Error e) {
                refused = true;
                call.refuse(e);
            }
        }
    }
}
