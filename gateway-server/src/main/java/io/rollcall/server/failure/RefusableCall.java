package io.rollcall.server.failure;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rollcall.server.watchdog.OutOfMemory;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that ends once, by the service or by a refusal, whichever is first. Ignores what the service sends afterwards.
 * Services may also end a call with a {@link RefusedException} as its cause ({@code observer.onError}).
 *
 * <p>Thread-safe, unlike gRPC's own calls: a stream may be ended from outside while its service sends.
 */
final class RefusableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private static final Logger log = LoggerFactory.getLogger(RefusableCall.class);

    private final Shared shared;
    private boolean ended; // guarded by this, so that nothing is sent during or after the end

    RefusableCall(ServerCall<Q, R> call, Shared shared) {
        super(call);
        this.shared = shared;
    }

    /** What all calls share. */
    record Shared(RandomGenerator incidents, RefusalThrottle throttle, RefusalListener listener, ReplyRoom room) {}

    /** Ends the call because of a throwable. Logs defects even if the call has ended already. */
    void refuse(Throwable thrown) {
        RefusedException refusal = refusalOf(thrown);
        if (end(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal))) {
            tell(refusal);
        }
    }

    /** Does the same for a call that has not begun, at the rate of its tenant's refusals. Sends nothing before. */
    void refuseUnbegun(Throwable thrown) {
        RefusedException refusal = refusalOf(thrown);
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        tell(refusal);
        shared.throttle()
                .end(
                        getAttributes(),
                        () -> super.close(RefusalStatus.status(refusal), RefusalStatus.trailers(refusal)));
    }

    private RefusedException refusalOf(Throwable thrown) {
        if (thrown instanceof RefusedException refused) {
            return refused;
        }
        return OutOfMemory.endProcessOrRefuse(thrown) ? RefusedException.noMemory() : incident(thrown);
    }

    private void tell(RefusedException refusal) {
        shared.listener().refused(getAttributes(), getMethodDescriptor().getFullMethodName(), refusal);
    }

    private synchronized boolean end(Status status, Metadata trailers) {
        if (ended) {
            return false;
        }
        ended = true;
        super.close(status, trailers);
        return true;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!ended) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(R message) {
        if (!ended) {
            shared.room().require(message);
            super.sendMessage(message);
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        Throwable cause = status.getCause();
        if (cause instanceof RefusedException || (cause != null && status.getCode() == Status.Code.UNKNOWN)) {
            refuse(cause);
        } else {
            var unused = end(status, trailers);
        }
    }

    private RefusedException incident(Throwable defect) {
        String number = HexFormat.of().toHexDigits(shared.incidents().nextInt());
        log.error("Incident {}: {} failed", number, getMethodDescriptor().getFullMethodName(), defect);
        return Refusal.INTERNAL.because("the gateway failed; its log has the details under incident " + number);
    }
}
