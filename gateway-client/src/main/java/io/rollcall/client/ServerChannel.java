package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The channel to one address, and its state as of the last calls. Any thread. */
final class ServerChannel {

    /** Consecutive deadlines after which the connection itself is suspected: a dead peer sends no reset. */
    private static final int SUSPICIOUS = 2;

    private final Target target;
    private final ManagedChannel channel;
    private final Dialer dialer;
    private final AtomicInteger missedDeadlines = new AtomicInteger();
    private final Set<Runnable> streams = ConcurrentHashMap.newKeySet();

    ServerChannel(Target target, Dialer dialer) {
        this.target = target;
        this.channel = dialer.dial(target);
        this.dialer = dialer;
    }

    Channel channel() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            connectAtNextCall();
        }
        return channel;
    }

    /** gRPC's own pause between attempts grows to two minutes; here the caller decides when to retry. */
    private void connectAtNextCall() {
        channel.enterIdle();
    }

    @Nullable
    CallCredentials token() {
        return dialer.token();
    }

    /** Says why a call or stream failed. */
    GatewayException describe(StatusRuntimeException failure) {
        return GatewayException.of(failure, target, dialer.fault(target, failure));
    }

    void answered() {
        missedDeadlines.set(0);
    }

    void failed(Status.Code code) {
        // A call may fail before the channel's state changes, so the next one must not depend on that state alone.
        if (code == Status.Code.UNAVAILABLE && channel.getState(false) != ConnectivityState.READY) {
            connectAtNextCall();
        }
        if (code == Status.Code.DEADLINE_EXCEEDED && missedDeadlines.incrementAndGet() >= SUSPICIOUS) {
            missedDeadlines.set(0);
            channel.enterIdle();
        }
    }

    /** Accepts no more calls. Calls in flight continue until their deadline; streams, which have none, are ended. */
    void retire() {
        channel.shutdown();
        streams.forEach(Runnable::run);
    }

    /** @param hangUp ends a stream of this channel; run on the thread that retires the channel */
    void hold(Runnable hangUp) {
        streams.add(hangUp);
        if (isRetired()) {
            hangUp.run();
        }
    }

    void release(Runnable hangUp) {
        streams.remove(hangUp);
    }

    boolean isRetired() {
        return channel.isShutdown();
    }

    void hangUp() {
        channel.shutdownNow();
    }
}
