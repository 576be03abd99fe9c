package io.rollcall.adminui.https;

import jakarta.servlet.ServletRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.io.Connection;

/**
 * One TCP connection to the console and its unanswered requests. All methods but {@link #of} and {@link #trust} are
 * called under the lock of the {@link ClientConnections} that own it.
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

    /** Returns the connection of a request. */
    public static ClientConnection of(ServletRequest request) {
        return (ClientConnection) request.getAttribute(ATTRIBUTE);
    }

    /**
     * Marks the client as signed in or holder of the scrape token: unauthenticated clients can no longer crowd it out.
     */
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

    /** Returns the time of the last completed request header or answer. */
    long quietSince() {
        return quietSince;
    }

    /** Returns its weight: one for itself and one for each of its requests. */
    int weight() {
        return 1 + pending.size();
    }

    /** Returns whether the client waits for the console, not the console for the client. */
    boolean isBeingServed() {
        return pending.stream().anyMatch(PendingRequest::isBeingHandled);
    }

    /** Returns whether it has more open requests than a browser that loads a page. */
    boolean isGreedy() {
        return pending.size() > MANY_REQUESTS;
    }

    /** Returns whether it has exceeded a time limit. */
    boolean isLate(ClientLimits limits, long now) {
        if (pending.isEmpty()) {
            return now - quietSince > (hasAsked ? limits.nextRequest() : limits.firstRequest()).toNanos();
        }
        return pending.stream().anyMatch(request -> request.isLate(limits, isTrusted, now));
    }

    /** Closes the connection silently, without waiting. */
    void close() {
        connection.getEndPoint().close();
    }

    @Override
    public String toString() {
        return address;
    }
}
