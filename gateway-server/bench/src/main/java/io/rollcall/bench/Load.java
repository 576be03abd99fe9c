package io.rollcall.bench;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Calls a method over some connections, one node each, until it is closed. The connections stay open.
 *
 * <p>Messages are encoded before, and replies are not read: client and server share the processors.
 */
final class Load implements AutoCloseable {
    private static final long TICK_MILLIS = 10;

    private final LongAdder answered = new LongAdder();
    private final AtomicReference<@Nullable Status> failure = new AtomicReference<>();
    private final @Nullable ScheduledExecutorService pace;
    private volatile boolean isOver;
    private int turn;

    private Load(@Nullable ScheduledExecutorService pace) {
        this.pace = pace;
    }

    /** What a node sends. */
    interface Requests {
        /** @param connection from 0 */
        byte[] of(int connection);
    }

    /**
     * A closed loop: on each connection {@code inFlight} calls, of which each begins when one before is answered. A
     * streaming method has one call for each connection, with as many messages in flight.
     */
    static Load closedLoop(List<ManagedChannel> channels, String method, Requests requests, int inFlight) {
        Load load = new Load(null);
        MethodDescriptor<byte[], Integer> called = RawMethod.of(method, RawMethod.LENGTH);
        for (int i = 0; i < channels.size(); i++) {
            if (RawMethod.streams(method)) {
                load.new Stream(channels.get(i), called, requests.of(i)).begin(inFlight);
            } else {
                for (int k = 0; k < inFlight; k++) {
                    load.new Calls(channels.get(i), called, requests.of(i), true).call();
                }
            }
        }
        return load;
    }

    /** Calls at a fixed rate, the connections in turn, whatever the answers. A unary method. */
    static Load paced(List<ManagedChannel> channels, String method, Requests requests, int perSecond) {
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
        Load load = new Load(pace);
        MethodDescriptor<byte[], Integer> called = RawMethod.of(method, RawMethod.LENGTH);
        long inTick = Math.max(1, perSecond * TICK_MILLIS / 1000);
        long period = TimeUnit.SECONDS.toMicros(1) * inTick / perSecond;
        var unused = pace.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < inTick; i++) {
                        int connection = load.turn++ % channels.size();
                        load.new Calls(channels.get(connection), called, requests.of(connection), false).call();
                    }
                },
                0,
                period,
                TimeUnit.MICROSECONDS);
        return load;
    }

    /** Returns how many calls, or messages of streams, were answered. */
    long answered() {
        return answered.sum();
    }

    /**
     * Returns the server's processor time for each answer, in microseconds.
     *
     * @param warmUp not measured
     * @throws IOException if a call failed
     */
    double cpuMicros(ServerProcess server, Duration warmUp, Duration time) throws IOException, InterruptedException {
        run(warmUp);
        long calls = answered();
        long cpu = server.cpuMicros();
        run(time);
        cpu = server.cpuMicros() - cpu;
        calls = answered() - calls;
        return (double) cpu / calls;
    }

    /**
     * Goes on for such a time.
     *
     * @throws IOException if a call failed
     */
    void run(Duration time) throws IOException, InterruptedException {
        Thread.sleep(time.toMillis());
        requireSuccess();
    }

    /** @throws IOException if a call has failed */
    void requireSuccess() throws IOException {
        Status failed = failure.get();
        if (failed != null) {
            throw new IOException("a call failed: " + failed);
        }
    }

    @Override
    public void close() {
        isOver = true;
        if (pace != null) {
            pace.shutdownNow();
        }
    }

    private void end(Status status) {
        if (!status.isOk() && !isOver) {
            failure.compareAndSet(null, status);
        }
    }

    /** One call, or one after another. */
    private final class Calls extends ClientCall.Listener<Integer> {
        private final ManagedChannel channel;
        private final MethodDescriptor<byte[], Integer> method;
        private final byte[] request;
        private final boolean again;

        Calls(ManagedChannel channel, MethodDescriptor<byte[], Integer> method, byte[] request, boolean again) {
            this.channel = channel;
            this.method = method;
            this.request = request;
            this.again = again;
        }

        void call() {
            ClientCall<byte[], Integer> call = channel.newCall(method, CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end(status);
            if (status.isOk()) {
                answered.increment();
                if (again && !isOver) {
                    call();
                }
            }
        }
    }

    /** A stream, in which a message follows each answer. */
    private final class Stream extends ClientCall.Listener<Integer> {
        private final ClientCall<byte[], Integer> call;
        private final byte[] request;

        Stream(ManagedChannel channel, MethodDescriptor<byte[], Integer> method, byte[] request) {
            this.request = request;
            this.call = channel.newCall(method, CallOptions.DEFAULT);
        }

        void begin(int inFlight) {
            call.start(this, new Metadata());
            call.request(inFlight);
            for (int i = 0; i < inFlight; i++) {
                call.sendMessage(request);
            }
        }

        @Override
        public void onMessage(Integer length) {
            answered.increment();
            if (isOver) {
                call.cancel("the measurement is over", null);
                return;
            }
            call.sendMessage(request);
            call.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end(status);
        }
    }
}
