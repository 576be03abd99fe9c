package io.rollcall.client.testing;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.rollcall.client.GatewayClient;
import io.rollcall.v1.SessionEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A fake gateway of one namespace for tests. On request it expires, replaces and removes nodes, becomes unavailable,
 * loses replies and refuses calls. It checks no certificate and no token, and no lease expires by time.
 *
 * <pre>{@code
 * try (FakeGateway gateway = FakeGateway.start(); GatewayClient client = gateway.client(7)) {
 *     NodeSession session = client.register(NodeDescription.of("10.0.0.7", 5000));
 *     gateway.expire(7);
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread.
 */
public final class FakeGateway implements AutoCloseable {

    private final FakeNamespace namespace = new FakeNamespace();
    private final FakeMood mood = new FakeMood();
    private final FakeStreams streams = new FakeStreams(namespace, mood);
    private final Server server;
    private final int port;

    private FakeGateway(ServerBuilder<?> builder) {
        try {
            server = builder.directExecutor()
                    .addService(new FakeService(namespace, mood, streams))
                    .build()
                    .start();
            port = server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException("the fake gateway cannot listen", e);
        }
    }

    /** Starts in plaintext on a free port of the loopback address. */
    public static FakeGateway start() {
        return startAt(0);
    }

    /** Starts in plaintext on that port of the loopback address; 0: a free one. */
    public static FakeGateway startAt(int port) {
        return on(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** Starts with a server builder, for example with TLS and interceptors. */
    public static FakeGateway on(ServerBuilder<?> builder) {
        return new FakeGateway(builder);
    }

    /** Returns its address for {@link io.rollcall.client.GatewayClientBuilder#target}. */
    public String target() {
        return "localhost:" + port();
    }

    /** Returns the port it listens or listened on. */
    public int port() {
        return port;
    }

    /** Returns a plaintext client of this gateway, as node {@code nodeId}. */
    public GatewayClient client(int nodeId) {
        return GatewayClient.builder()
                .target(target())
                .plaintextForTests(nodeId)
                .build();
    }

    /** Sets the interval in the replies to later registrations; default 30 s. */
    public void heartbeatInterval(Duration interval) {
        namespace.heartbeatInterval(interval);
    }

    /** Ends the node's lease. */
    public void expire(int nodeId) {
        namespace.end(nodeId, SessionEnd.EXPIRED);
    }

    /** Removes the node, as an operator would. */
    public void remove(int nodeId) {
        namespace.end(nodeId, SessionEnd.REMOVED);
    }

    /** Registers another process as this node. */
    public void replace(int nodeId) {
        namespace.replace(nodeId);
    }

    /** Resets the bootstrap: every session ends, and the epoch rises. */
    public void reset() {
        namespace.reset();
    }

    /** Raises the epoch without ending sessions: only replies show it. */
    public void raiseEpoch() {
        namespace.raiseEpoch();
    }

    /** Forgets everything, like a restarted in-memory gateway. */
    public void forgetEverything() {
        namespace.forgetEverything();
    }

    /** Saves its state, like a disk snapshot; see {@link #putBack}. */
    public void photograph() {
        namespace.photograph();
    }

    /** Restarts with the saved state: later changes are lost, under the same registry id. */
    public void putBack() {
        namespace.putBack();
    }

    /** Breaks the streams of all watchers. */
    public void cutWatches() {
        namespace.cutWatches();
    }

    /** Drops all earlier changes, so that watchers that resume must take a snapshot. */
    public void forgetChanges() {
        namespace.forgetChanges();
    }

    /** Omits the next change from the streams, which a real gateway must never do. */
    public void skipChange() {
        namespace.skipChange();
    }

    /** Refuses every call from now on, until {@link #recover}. */
    public void refuse(Status.Code code, String reason) {
        mood.refuse(code, reason, null);
    }

    /** Refuses every call, asking the caller to wait before each retry. */
    public void refuse(Status.Code code, String reason, Duration retryAfter) {
        mood.refuse(code, reason, retryAfter);
    }

    /** Is unavailable from now on, until {@link #recover}. */
    public void fail() {
        mood.refuse(Status.Code.UNAVAILABLE, "STORE_UNAVAILABLE", null);
    }

    /** Never answers from now on, until {@link #recover}. */
    public void stall() {
        mood.stall();
    }

    /** Executes the next {@code count} calls, and loses the answers. */
    public void loseReplies(int count) {
        mood.loseReplies(count);
    }

    /** Executes the next {@code count} registrations, and loses the answers; other calls are answered. */
    public void loseRegistrationReplies(int count) {
        mood.loseRegistrationReplies(count);
    }

    /** Sets whether streams of heartbeats are served; an older gateway knows only calls. */
    public void serveStreams(boolean served) {
        streams.serve(served);
    }

    /** Breaks the open streams without ending a lease. */
    public void breakStreams() {
        streams.breakAll(null);
    }

    /** Breaks the open streams, asking their clients to wait before a retry. */
    public void breakStreams(Duration retryAfter) {
        streams.breakAll(retryAfter);
    }

    /** Answers all calls again. */
    public void recover() {
        mood.recover();
    }

    /** Returns the incarnations of the node's register calls, in order, including calls with lost replies. */
    public List<Long> incarnations(int nodeId) {
        return namespace.incarnations(nodeId);
    }

    /** Returns the {@code member_of_epoch} values of the node's register calls, in order. */
    public List<Long> epochsClaimed(int nodeId) {
        return namespace.epochsClaimed(nodeId);
    }

    /** Returns the number of acknowledged heartbeats of the node. */
    public int beats(int nodeId) {
        return namespace.beats(nodeId);
    }

    /** Returns the number of calls and streamed heartbeats refused because of {@link #refuse} or {@link #fail}. */
    public int refusals() {
        return mood.refusals();
    }

    /** Returns the number of heartbeat streams requested, served or not. */
    public int streamsAskedFor() {
        return streams.asked();
    }

    /** Returns the number of open heartbeat streams. */
    public int openStreams() {
        return streams.open();
    }

    /** Returns whether the node has a lease. */
    public boolean holds(int nodeId) {
        return namespace.holds(nodeId);
    }

    /** Stops listening; connections end at once. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
