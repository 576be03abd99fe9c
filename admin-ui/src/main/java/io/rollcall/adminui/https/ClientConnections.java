package io.rollcall.adminui.https;

import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the connections of unauthenticated clients, so that they cannot crowd out others.
 *
 * <pre>
 *  new connection ──► counted for its network ──► above the limit? the oldest of the fullest network is closed
 *        │                                                                 ▲
 *        └── first session or scrape token seen ──► trusted: not counted, never closed for others
 *  each second ──► connections late with headers, a body or reading an answer are closed
 * </pre>
 *
 * <p>No new connection is refused: the one that the console has waited for longest is closed, so a client that
 * completes its request promptly is served however many others do not. Connections with many open requests are closed
 * first, and none while the console works on its request. Thread-safe.
 */
final class ClientConnections implements Connection.Listener {
    private static final Logger log = LoggerFactory.getLogger(ClientConnections.class);
    private static final Duration BETWEEN_WORDS = Duration.ofMinutes(1);

    private final ClientLimits limits;
    private final Ticker ticker;
    private final Map<Connection, ClientConnection> open = new HashMap<>();
    private final Map<String, Integer> byNetwork = new HashMap<>();
    private int inAll;
    private int trusted;
    private long closed;
    private long lastWord;

    ClientConnections(ClientLimits limits, Ticker ticker) {
        this.limits = limits;
        this.ticker = ticker;
        this.lastWord = ticker.read() - BETWEEN_WORDS.toNanos();
    }

    /** Counts only the connection that owns the socket, not the protocols on it. */
    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof SslConnection) {
            String network = network(connection.getEndPoint().getRemoteSocketAddress());
            ClientConnection client = new ClientConnection(this, connection, network, ticker.read());
            synchronized (this) {
                open.put(connection, client);
                count(client, 1);
            }
            makeRoom(client);
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        ClientConnection client = open.get(connection);
        if (client != null) {
            forget(client);
        }
    }

    /** Records that a request's headers have arrived; empty if its connection has been closed meanwhile. */
    Optional<ClientConnection> begin(Connection connection, PendingRequest pending) {
        ClientConnection client;
        synchronized (this) {
            client = open.get(connection);
            if (client == null) {
                return Optional.empty();
            }
            client.begin(pending, ticker.read());
            count(client, 1);
        }
        makeRoom(client);
        return Optional.of(client);
    }

    /** Records that the body has arrived. */
    synchronized void read(PendingRequest pending) {
        pending.read(ticker.read());
    }

    /** Records that the answer is ready to be read. */
    synchronized void handled(PendingRequest pending) {
        pending.handled(ticker.read());
    }

    /** Records that the request was answered or has ended otherwise. */
    synchronized void end(ClientConnection client, PendingRequest pending) {
        if (client.isOpen()) {
            count(client, -1);
            client.end(pending, ticker.read());
        }
    }

    synchronized void trust(ClientConnection client) {
        if (client.isOpen() && !client.isTrusted() && trusted < limits.trusted()) {
            count(client, -client.weight());
            client.markTrusted();
            trusted++;
        }
    }

    /** Closes late connections. */
    void closeLate() {
        List<ClientConnection> late;
        synchronized (this) {
            long now = ticker.read();
            late = open.values().stream()
                    .filter(client -> client.isLate(limits, now))
                    .toList();
            late.forEach(this::forget);
        }
        late.forEach(this::close);
    }

    private void count(ClientConnection client, int change) {
        if (!client.isTrusted()) {
            inAll += change;
            byNetwork.merge(client.network(), change, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    private void forget(ClientConnection client) {
        open.remove(client.connection());
        count(client, -client.weight());
        if (client.isTrusted()) {
            trusted--;
        }
        client.markClosed();
    }

    private void makeRoom(ClientConnection newest) {
        Optional<ClientConnection> goes;
        synchronized (this) {
            if (byNetwork.getOrDefault(newest.network(), 0) > limits.byNetwork()) {
                goes = oldestOf(newest.network());
            } else if (inAll > limits.inAll()) {
                goes = oldestOf(byNetwork.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .orElseThrow()
                        .getKey());
            } else {
                return;
            }
            // Removed at once, not when Jetty reports it later: the next connection needs the room.
            goes.ifPresent(this::forget);
        }
        goes.ifPresent(this::close);
    }

    private Optional<ClientConnection> oldestOf(String network) {
        return open.values().stream()
                .filter(client -> !client.isTrusted()
                        && !client.isBeingServed()
                        && client.network().equals(network))
                .min(Comparator.comparing(ClientConnection::isGreedy)
                        .reversed()
                        .thenComparingLong(ClientConnection::quietSince));
    }

    /** Outside the lock, since Jetty may call {@link #onClosed} from within. */
    private void close(ClientConnection client) {
        client.close();
        long sofar;
        synchronized (this) {
            closed++;
            long now = ticker.read();
            if (now - lastWord < BETWEEN_WORDS.toNanos()) {
                return;
            }
            lastWord = now;
            sofar = closed;
        }
        log.warn(
                "Closed a connection to the console that did not complete a request in time, or was one too many; from"
                        + " {}, {} such since the start",
                client,
                sofar);
    }

    private static String network(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? ClientNetwork.of(inet.getAddress().getHostAddress())
                : String.valueOf(address);
    }
}
