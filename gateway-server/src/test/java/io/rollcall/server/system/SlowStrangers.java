package io.rollcall.server.system;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Strangers who hold what the console has and finish nothing: requests whose body never ends, and sockets without a
 * byte. They come again as soon as the console has hung up on them, until closed.
 */
final class SlowStrangers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int HANDS = 16;
    private static final int BODY = 10_000;

    private final GatewayProcess gateway;
    private final ExecutorService hands = Executors.newFixedThreadPool(HANDS);
    private final AtomicInteger begun = new AtomicInteger();
    private volatile boolean isOver;

    /** Returns once each has come for the first time. */
    SlowStrangers(GatewayProcess gateway, List<String> addresses, int posts, int silent) throws Exception {
        this.gateway = gateway;
        List<List<Stranger>> shares = new ArrayList<>();
        for (int hand = 0; hand < HANDS; hand++) {
            shares.add(new ArrayList<>());
        }
        for (int i = 0; i < posts + silent; i++) {
            String from = addresses.get(i % addresses.size());
            shares.get(i % HANDS).add(i < posts ? new SlowPost(from) : new Silent(from));
        }
        List<java.util.concurrent.Future<?>> first = new ArrayList<>();
        for (List<Stranger> share : shares) {
            first.add(hands.submit(() -> share.forEach(Stranger::come)));
        }
        for (java.util.concurrent.Future<?> each : first) {
            each.get();
        }
        shares.forEach(share -> hands.execute(() -> goOn(share)));
    }

    /** How many requests and sockets were begun, those that came again included. */
    int begun() {
        return begun.get();
    }

    private void goOn(List<Stranger> share) {
        try {
            while (!isOver) {
                share.forEach(Stranger::come);
                TimeUnit.MILLISECONDS.sleep(500);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            share.forEach(Stranger::leave);
        }
    }

    @Override
    public void close() throws InterruptedException {
        isOver = true;
        hands.shutdown();
        if (!hands.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("strangers that do not leave");
        }
    }

    /** One of them. */
    private interface Stranger {
        /** Connects where it is not connected, else does as little as keeps it there. */
        void come();

        void leave();
    }

    private final class SlowPost implements Stranger {
        private final String from;
        private @Nullable RawHttps connection;

        SlowPost(String from) {
            this.from = from;
        }

        @Override
        public void come() {
            try {
                if (connection == null) {
                    connection = RawHttps.connect(gateway, from, PATIENCE);
                    connection.send(RawHttps.postBegin(BODY));
                    begun.incrementAndGet();
                } else {
                    connection.send("x");
                }
            } catch (IOException turnedAway) {
                leave();
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void leave() {
            try (RawHttps ended = connection) {
                connection = null;
            } catch (IOException alreadyClosed) {
                connection = null;
            }
        }
    }

    private final class Silent implements Stranger {
        private final String from;
        private @Nullable SocketChannel socket;

        Silent(String from) {
            this.from = from;
        }

        @Override
        public void come() {
            try {
                if (socket == null) {
                    socket = SocketChannel.open().bind(new InetSocketAddress(from, 0));
                    socket.socket()
                            .connect(
                                    new InetSocketAddress(
                                            "127.0.0.1",
                                            URI.create(gateway.console()).getPort()),
                                    Math.toIntExact(PATIENCE.toMillis()));
                    socket.configureBlocking(false);
                    begun.incrementAndGet();
                } else if (socket.read(ByteBuffer.allocate(1)) < 0) {
                    leave();
                }
            } catch (IOException turnedAway) {
                leave();
            }
        }

        @Override
        public void leave() {
            try (SocketChannel ended = socket) {
                socket = null;
            } catch (IOException alreadyClosed) {
                socket = null;
            }
        }
    }
}
