package io.rollcall.adminui.https;

import jakarta.servlet.ServletRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.io.Connection;

/**
 * One TCP connection to the console and the requests on it that have not been answered. All but {@link #of} and
 * {@link #trust} is called under the lock of its {@link ClientConnections}, which own it.
 */
public final class ClientConnection {
    static final String ATTRIBUTE = "rollcall.connection";

    private static final int MANY_REQUESTS = 8;

    private final ClientConnections all;
    private final Connection connection;
    private final String network;
    private final String address;
    private final Deque<PendingRequest> pending = new ArrayDeque<>();
    private boolean isOpen = true;
    private boolean isTrusted;
    private boolean hasAsked;
    private long quietSince;

    ClientConnection(ClientConnections all, Connection connection, String network, long now) {
        this.all = all;
        this.connection = connection;
        this.network = network;
        this.address = String.valueOf(connection.getEndPoint().getRemoteSocketAddress());
        this.quietSince = now;
    }

    /** The one that a request came by. */
    public static ClientConnection of(ServletRequest request) {
        return (ClientConnection) request.getAttribute(ATTRIBUTE);
    }

    /** Its client has signed in or holds the scrape token: strangers cannot crowd it out any more. */
    public void trust() {
        all.trust(this);
    }

    void begin(PendingRequest request, long now) {
        hasAsked = true;
        pending.add(request);
        quietSince = now;
    }

    void end(PendingRequest request, long now) {
        pending.remove(request);
        quietSince = now;
    }

    void markTrusted() {
        isTrusted = true;
    }

    void markClosed() {
        isOpen = false;
    }

    boolean isOpen() {
        return isOpen;
    }

    Connection connection() {
        return connection;
    }

    boolean isTrusted() {
        return isTrusted;
    }

    String network() {
        return network;
    }

    /** Since when nothing has come to its end: the headers of a request, or an answer. */
    long quietSince() {
        return quietSince;
    }

    /** What it counts: itself and each of its requests. */
    int weight() {
        return 1 + pending.size();
    }

    /** Waits for the console, not the console for it. */
    boolean isBeingServed() {
        return pending.stream().anyMatch(PendingRequest::isBeingHandled);
    }

    /** Has more open requests than a browser that loads a page. */
    boolean isGreedy() {
        return pending.size() > MANY_REQUESTS;
    }

    /** Whether it has taken longer over something than it may. */
    boolean isLate(ClientLimits limits, long now) {
        if (pending.isEmpty()) {
            return now - quietSince > (hasAsked ? limits.nextRequest() : limits.firstRequest()).toNanos();
        }
        return pending.stream().anyMatch(request -> request.isLate(limits, isTrusted, now));
    }

    /** Hangs up, without a word and without waiting. */
    void close() {
        connection.getEndPoint().close();
    }

    @Override
    public String toString() {
        return address;
    }
}
