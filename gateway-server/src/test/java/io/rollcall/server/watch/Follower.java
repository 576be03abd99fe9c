package io.rollcall.server.watch;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One stream of a {@link Replay}: reads so many messages and then no more, until it is told to go on or cut off. What
 * goes wrong in the replay is kept for {@link #end}.
 */
public final class Follower implements ClientResponseObserver<WatchNodesRequest, WatchNodesResponse> {
    private final Replay replay;
    private final int appetite;
    private final CountDownLatch fed;
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<Throwable> trouble = new AtomicReference<>();
    private ClientCallStreamObserver<WatchNodesRequest> call;

    /** Opens a stream at where the replay is. */
    public Follower(Channel channel, Replay replay, int appetite) {
        this.replay = replay;
        this.appetite = appetite;
        this.fed = new CountDownLatch(appetite);
        GatewayServiceGrpc.newStub(channel).watchNodes(replay.request(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchNodesRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(appetite);
    }

    @Override
    public void onNext(WatchNodesResponse message) {
        try {
            if (trouble.get() == null) {
                replay.take(message);
            }
        } catch (AssertionError e) {
            trouble.set(e);
        }
        fed.countDown();
    }

    @Override
    public void onError(Throwable end) {
        trouble.compareAndSet(null, end);
        over.countDown();
    }

    @Override
    public void onCompleted() {
        over.countDown();
    }

    /** Waits until it has read as much as it wanted to. */
    public Follower awaitFed() throws InterruptedException {
        fed.await();
        return this;
    }

    /** Reads whatever comes from here on. */
    public void readOn() {
        call.request(Integer.MAX_VALUE);
    }

    /** Cuts the stream off, and waits for its last message. */
    public void cut() throws InterruptedException {
        call.cancel("cut off", null);
        over.await();
        if (trouble.get() instanceof AssertionError failed) {
            throw failed;
        }
    }

    /** Waits for the gateway to end the stream, and says how. */
    public Throwable awaitEnd() throws InterruptedException {
        over.await();
        return trouble.get();
    }
}
