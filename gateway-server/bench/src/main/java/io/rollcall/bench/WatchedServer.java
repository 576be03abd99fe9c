package io.rollcall.bench;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A server with an audience that follows its changes: measures what a delivery costs, and how late it comes. */
final class WatchedServer implements AutoCloseable {
    private static final int PUBLISHERS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private final ServerProcess server;
    private final Nodes nodes;
    private final Watching how;
    private final Audience audience;
    private final Deliveries deliveries = new Deliveries();
    private double p99Millis;

    /** @param nodes as many as the audience's connections */
    WatchedServer(ServerProcess server, Nodes nodes, Watching how, Audience audience) {
        this.server = server;
        this.nodes = nodes;
        this.how = how;
        this.audience = audience;
    }

    /** Publishes and follows changes in some server. */
    interface Watching {
        /** @return done when the server has acknowledged the node's registration with this rack */
        ListenableFuture<?> publish(ManagedChannel channel, int node, String rack);

        /** Follows the changes from now on. */
        void follow(ManagedChannel channel, Deliveries deliveries);
    }

    /** How many watchers there are, each on its own connection, and how many changes a second each of them gets. */
    record Audience(int watchers, int perSecond) {
        /** Some nodes publish without watching. */
        int connections() {
            return Math.max(watchers, PUBLISHERS);
        }
    }

    int port() {
        return server.port();
    }

    /** Opens the watches, and publishes until the compiler has little to do. */
    void warmUp() throws IOException, InterruptedException {
        nodes.register((channel, node) -> how.publish(channel, node, Deliveries.now()));
        for (ManagedChannel channel : nodes.channels().subList(0, audience.watchers)) {
            how.follow(channel, deliveries);
        }
        WarmUp.run(server, this::measure);
    }

    /** Returns the processor time of each delivery, in microseconds. */
    double measure(Duration time) throws IOException, InterruptedException {
        ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
        try {
            int[] turn = {0};
            var unused = publisher.scheduleAtFixedRate(
                    () -> publish(turn[0]++ % PUBLISHERS + 1),
                    0,
                    TimeUnit.SECONDS.toMicros(1) / audience.perSecond,
                    TimeUnit.MICROSECONDS);
            Thread.sleep(WARM_UP.toMillis());
            deliveries.forget();
            long cpu = server.cpuMicros();
            Thread.sleep(time.toMillis());
            cpu = server.cpuMicros() - cpu;
            List<Long> delays = deliveries.delays();
            p99Millis = delays.get((int) (delays.size() * 0.99)) / 1e6;
            return (double) cpu / delays.size();
        } finally {
            publisher.shutdownNow();
        }
    }

    /** Returns the 99th percentile of the last measurement: from the change's call to its delivery. */
    double p99Millis() {
        return p99Millis;
    }

    private void publish(int node) {
        var unused = how.publish(nodes.channels().get(node - 1), node, Deliveries.now());
    }

    @Override
    public void close() throws IOException {
        nodes.close();
        server.close();
    }
}
