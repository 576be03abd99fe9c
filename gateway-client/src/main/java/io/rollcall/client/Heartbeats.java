package io.rollcall.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a session's heartbeats: on a stream, which also lets the gateway notice at once that this process is gone; as
 * unary calls if the gateway is too old for streams, or a proxy keeps none open.
 *
 * <p>A heartbeat whose stream fails is repeated as a call at once, unless the gateway asks to wait. A stream that
 * breaks between heartbeats is reported, so that the session sends a heartbeat on a new stream without waiting for its
 * interval.
 *
 * <p>Threads: the session's thread sends; gRPC's threads report the end; any thread closes.
 */
final class Heartbeats {

    /** Heartbeats sent as calls before a stream is tried again, since gateways get upgraded. */
    static final int CALLS_BEFORE_THE_NEXT_STREAM = 20;

    /**
     * Consecutive streams that broke before their second answer while calls succeeded, before calls are used instead.
     */
    static final int USELESS_STREAMS = 3;

    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final RetryingCalls calls;
    private final BiConsumer<GatewayException, Duration> whenBroken;
    private final Backoff reopening;
    private final AtomicInteger useless = new AtomicInteger();
    private final AtomicInteger callsLeft = new AtomicInteger();
    private volatile @Nullable BeatStream stream;

    /** @param whenBroken receives the cause and the wait before the next heartbeat, which opens a new stream */
    Heartbeats(RetryingCalls calls, RandomGenerator random, BiConsumer<GatewayException, Duration> whenBroken) {
        this.calls = calls;
        this.whenBroken = whenBroken;
        this.reopening = new Backoff(random);
    }

    /** @throws GatewayException if the gateway refused, or gave no answer */
    HeartbeatResponse beat(HeartbeatRequest request, Duration atMost) {
        if (callsLeft.get() > 0) {
            callsLeft.decrementAndGet();
            return call(request, atMost);
        }
        GatewayException failure;
        try {
            return onStream(request, atMost);
        } catch (GatewayException e) {
            if (e.is(Status.Code.DEADLINE_EXCEEDED)
                    || e.retryAfter().isPresent() // a call would be refused too
                    || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            failure = e;
        }
        HeartbeatResponse reply = call(request, atMost);
        log.debug("A heartbeat was answered as a call, after its stream failed: {}", failure.getMessage());
        wasUseless(failure.is(Status.Code.UNIMPLEMENTED));
        return reply;
    }

    private HeartbeatResponse call(HeartbeatRequest request, Duration atMost) {
        return calls.call(GatewayServiceGrpc.getHeartbeatMethod(), request, atMost);
    }

    private HeartbeatResponse onStream(HeartbeatRequest request, Duration atMost) {
        // Checked before each heartbeat, since new credentials come with a new channel.
        ServerChannel server = calls.preferred();
        BeatStream open = stream;
        if (open == null || !open.isOpenOn(server)) {
            close();
            open = calls.keepAlive(server, this::broke);
            stream = open;
        }
        try {
            HeartbeatResponse reply = open.beat(request, atMost);
            if (open.answers() > 1) {
                wasUseful();
            }
            calls.answered(server, reply);
            return reply;
        } catch (StatusRuntimeException e) {
            close();
            calls.failed(server, e.getStatus().getCode());
            throw server.describe(e);
        }
    }

    private void broke(BeatStream which, GatewayException why) {
        if (which != stream) {
            return;
        }
        stream = null;
        if (which.answers() < 2 && why.retryAfter().isEmpty()) {
            wasUseless(false);
        }
        Duration pause;
        synchronized (reopening) {
            pause = reopening.next(why, LONGEST_PAUSE);
        }
        log.debug("A stream of heartbeats broke, the next one in {} ms: {}", pause.toMillis(), why.getMessage());
        whenBroken.accept(why, pause);
    }

    private void wasUseful() {
        useless.set(0);
        synchronized (reopening) {
            reopening.reset();
        }
    }

    private void wasUseless(boolean forGood) {
        if (forGood || useless.incrementAndGet() >= USELESS_STREAMS) {
            useless.set(0);
            callsLeft.set(CALLS_BEFORE_THE_NEXT_STREAM);
            log.info("The gateway is sent heartbeats call by call: streams are not served, or do not last");
        }
    }

    /** Ends the stream, if any. */
    void close() {
        BeatStream open = stream;
        stream = null;
        if (open != null) {
            open.leave();
        }
    }
}
