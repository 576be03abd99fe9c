package io.rollcall.server.failure;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.random.RandomGenerator;

/**
 * Ends a call with the status of what any inner interceptor or service throws; the outermost interceptor. A {@link
 * RefusedException} becomes its status and trailers; exhausted memory outside the heap is {@link
 * Refusal#OUT_OF_MEMORY}. Anything else, an {@link Error} included, is a defect: the caller gets {@link
 * Refusal#INTERNAL} with an incident number, and the log has the stack trace under that number.
 */
public final class RefusalInterceptor implements ServerInterceptor {
    private final RefusableCall.Shared shared;

    /**
     * @param incidents makes incident numbers; used from many threads at once
     * @param throttle paces refusals of calls that reach no service
     * @param listener called for each refusal
     * @param room checked for each reply
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
     * Delivers no more messages of this call to the service once a callback threw. The service is still notified of the
     * call's end, so that it can release its resources.
     *
     * <p>Forwards by itself, as do all listeners that a heartbeat passes: gRPC's forwarding class would be one call site
     * for all of them, and the JIT compiler cannot inline a call to that many types.
     */
    private static final class Guard<Q> extends ServerCall.Listener<Q> {
        private final ServerCall.Listener<Q> service;
        private final RefusableCall<Q, ?> call;
        private boolean refused; // callbacks of one call come one after the other

        Guard(ServerCall.Listener<Q> service, RefusableCall<Q, ?> call) {
            this.service = service;
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (!refused) {
                try {
                    service.onMessage(message);
                } catch (RuntimeException | Error e) {
                    refused = true;
                    call.refuse(e);
                }
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                try {
                    service.onHalfClose();
                } catch (RuntimeException | Error e) {
                    refused = true;
                    call.refuse(e);
                }
            }
        }

        @Override
        public void onReady() {
            if (!refused) {
                try {
                    service.onReady();
                } catch (RuntimeException | Error e) {
                    refused = true;
                    call.refuse(e);
                }
            }
        }

        @Override
        public void onCancel() {
            try {
                service.onCancel();
            } catch (RuntimeException | Error e) {
                refused = true;
                call.refuse(e);
            }
        }

        @Override
        public void onComplete() {
            try {
                service.onComplete();
            } catch (RuntimeException | Error e) {
                refused = true;
                call.refuse(e);
            }
        }
    }
}
