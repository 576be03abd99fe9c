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
 * A gateway of one namespace with a weak memory and bad moods, for tests: it expires, replaces and removes nodes when
 * told to, is away, loses replies and refuses. It checks no certificate and no token, and no lease ends by time.
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

    /** Listens in the clear, on a free port of the loopback address. */
    public static FakeGateway start() {
        return startAt(0);
    }

    /** Listens in the clear, on that port of the loopback address; 0: a free one. */
    public static FakeGateway startAt(int port) {
        return on(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** Listens as the builder says: with TLS and interceptors, say. */
    public static FakeGateway on(ServerBuilder<?> builder) {
        return new FakeGateway(builder);
    }

    /** Where it listens, as {@link io.rollcall.client.GatewayClientBuilder#target} takes it. */
    public String target() {
        return "localhost:" + port();
    }

    /** The port it listens on, or did. */
    public int port() {
        return port;
    }

    /** A client of this gateway that speaks in the clear, as node {@code nodeId}. */
    public GatewayClient client(int nodeId) {
        return GatewayClient.builder()
                .target(target())
                .plaintextForTests(nodeId)
                .build();
    }

    /** What registrations from now on are told. 30 s unless set. */
    public void heartbeatInterval(Duration interval) {
        namespace.heartbeatInterval(interval);
    }

    /** Ends the node's lease. */
    public void expire(int nodeId) {
        namespace.end(nodeId, SessionEnd.EXPIRED);
    }

    /** Takes the node out, as an operator would. */
    public void remove(int nodeId) {
        namespace.end(nodeId, SessionEnd.REMOVED);
    }

    /** Lets another process register as this node. */
    public void replace(int nodeId) {
        namespace.replace(nodeId);
    }

    /** Resets the bootstrap: every session ends, and the epoch rises. */
    public void reset() {
        namespace.reset();
    }

    /** Raises the epoch and ends no session: only the replies tell. */
    public void raiseEpoch() {
        namespace.raiseEpoch();
    }

    /** Forgets everything, as an in-memory gateway does when it starts anew. */
    public void forgetEverything() {
        namespace.forgetEverything();
    }

    /** Remembers its state, as a snapshot of the disk does; see {@link #putBack}. */
    public void photograph() {
        namespace.photograph();
    }

    /** Starts again with the state that was photographed: what happened since is lost, under the same registry id. */
    public void putBack() {
        namespace.putBack();
    }

    /** Breaks the streams of all who watch. */
    public void cutWatches() {
        namespace.cutWatches();
    }

    /** Holds no earlier changes any more: who resumes is told to take a snapshot. */
    public void forgetChanges() {
        namespace.forgetChanges();
    }

    /** Leaves the next change out of the streams, which no gateway may. */
    public void skipChange() {
        namespace.skipChange();
    }

    /** Refuses every call from now on, until {@link #recover}. */
    public void refuse(Status.Code code, String reason) {
        mood.refuse(code, reason, null);
    }

    /** The same, each time asking the caller to wait so long before it tries again. */
    public void refuse(Status.Code code, String reason, Duration retryAfter) {
        mood.refuse(code, reason, retryAfter);
    }

    /** Is away from now on, until {@link #recover}. */
    public void fail() {
        mood.refuse(Status.Code.UNAVAILABLE, "STORE_UNAVAILABLE", null);
    }

    /** Never answers from now on, until {@link #recover}. */
    public void stall() {
        mood.stall();
    }

    /** Does what the next {@code count} calls ask, and loses its answers. */
    public void loseReplies(int count) {
        mood.loseReplies(count);
    }

    /** Registers as asked the next {@code count} times, and loses its answers; other calls are answered. */
    public void loseRegistrationReplies(int count) {
        mood.loseRegistrationReplies(count);
    }

    /** Whether streams of heartbeats are served from now on; an older gateway knows calls alone. */
    public void serveStreams(boolean served) {
        streams.serve(served);
    }

    /** Breaks the streams that are open, and ends no lease. */
    public void breakStreams() {
        streams.breakAll(null);
    }

    /** The same, asking those who were on them to wait so long before they try again. */
    public void breakStreams(Duration retryAfter) {
        streams.breakAll(retryAfter);
    }

    /** Answers everybody again. */
    public void recover() {
        mood.recover();
    }

    /** The incarnations with which the node asked to register, in that order; a call whose reply was lost counts. */
    public List<Long> incarnations(int nodeId) {
        return namespace.incarnations(nodeId);
    }

    /** The epochs that the node said it belongs to when it asked to register, in that order. */
    public List<Long> epochsClaimed(int nodeId) {
        return namespace.epochsClaimed(nodeId);
    }

    /** How many heartbeats of the node were acknowledged. */
    public int beats(int nodeId) {
        return namespace.beats(nodeId);
    }

    /** How many calls, and heartbeats on streams, were refused because of {@link #refuse} or {@link #fail}. */
    public int refusals() {
        return mood.refusals();
    }

    /** How many streams of heartbeats were asked for, whether served or not. */
    public int streamsAskedFor() {
        return streams.asked();
    }

    /** How many streams of heartbeats are open. */
    public int openStreams() {
        return streams.open();
    }

    /** Whether the node has a lease. */
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
