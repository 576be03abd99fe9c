package io.rollcall.client;

import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import io.rollcall.v1.HealthCheckResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The channels to a registry's addresses: one is preferred until it fails, then the next; after five minutes the first is
 * tried again. After a change of
 * credentials new calls use new connections, and the old ones close after their last call. Any thread; guarded by this.
 */
final class ChannelPool implements AutoCloseable {

    private static final Duration HOME_AFTER = Duration.ofMinutes(5);
    private static final long HEALTH_MILLIS = 2_000;

    private final List<Target> targets;
    private final Supplier<? extends Dialer> dialers;
    private final Supplier<List<String>> stamps;
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final Map<Target, ServerChannel> channels = new HashMap<>();
    private @Nullable Dialer current;
    private int preferred;
    /** When the first address is tried again, if another one is preferred. */
    private long homeAgainAt;

    private boolean isTryingHome;
    private boolean closed;

    /**
     * @param targets the one to prefer first
     * @param stamps changes when a file of the credentials does
     */
    ChannelPool(
            List<Target> targets,
            Supplier<? extends Dialer> dialers,
            Supplier<List<String>> stamps,
            RandomGenerator random) {
        this(targets, dialers, stamps, random, System::nanoTime);
    }

    ChannelPool(
            List<Target> targets,
            Supplier<? extends Dialer> dialers,
            Supplier<List<String>> stamps,
            RandomGenerator random,
            LongSupplier nanos) {
        this.targets = List.copyOf(targets);
        this.dialers = dialers;
        this.stamps = stamps;
        this.random = random;
        this.nanos = nanos;
    }

    /** Returns what changes when a file of the credentials does. */
    List<String> stamps() {
        return stamps.get();
    }

    /** @throws IllegalStateException if the client was closed */
    synchronized ServerChannel preferred() {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        Dialer now = dialers.get();
        if (now != current) {
            channels.values().forEach(ServerChannel::retire);
            channels.clear();
            current = now;
        }
        return channelTo(targets.get(preferred));
    }

    /** Makes the next address preferred, unless another caller already has. */
    synchronized void turnAwayFrom(ServerChannel server) {
        if (channels.get(targets.get(preferred)) == server) {
            if (preferred == 0) {
                homeAgainLater();
            }
            preferred = (preferred + 1) % targets.size();
        }
    }

    private void homeAgainLater() {
        homeAgainAt = nanos.getAsLong() + Math.round(HOME_AFTER.toNanos() * (0.8 + random.nextDouble() * 0.4));
    }

    /** Asks for the health of the first address, if another one has been preferred for a while; does not wait. */
    void tryHome() {
        ServerChannel home;
        synchronized (this) {
            if (closed || preferred == 0 || isTryingHome || nanos.getAsLong() - homeAgainAt < 0) {
                return;
            }
            isTryingHome = true;
            home = channelTo(targets.get(0));
        }
        ClientCalls.asyncUnaryCall(
                home.channel()
                        .newCall(
                                GatewayServiceGrpc.getHealthCheckMethod(),
                                CallOptions.DEFAULT.withDeadlineAfter(HEALTH_MILLIS, TimeUnit.MILLISECONDS)),
                HealthCheckRequest.getDefaultInstance(),
                new StreamObserver<HealthCheckResponse>() {
                    @Override
                    public void onNext(HealthCheckResponse answer) {
                        goHome(true);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        goHome(false);
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    /** Ends the streams of the other address, so that they go on at the first. */
    private void goHome(boolean isServing) {
        ServerChannel left = null;
        synchronized (this) {
            isTryingHome = false;
            if (!isServing) {
                homeAgainLater();
            } else if (preferred != 0 && !closed) {
                left = channels.remove(targets.get(preferred));
                preferred = 0;
            }
        }
        if (left != null) {
            left.retire();
        }
    }

    private ServerChannel channelTo(Target target) {
        Dialer now = Objects.requireNonNull(current, "a call was made before");
        return channels.computeIfAbsent(target, to -> new ServerChannel(to, now));
    }

    int size() {
        return targets.size();
    }

    @Override
    public void close() {
        List<ServerChannel> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(channels.values());
            channels.clear();
        }
        open.forEach(ServerChannel::hangUp);
    }
}
