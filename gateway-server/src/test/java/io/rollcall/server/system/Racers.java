package io.rollcall.server.system;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceFutureStub;
import io.rollcall.v1.GetLeaderRequest;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.ResetBootstrapRequest;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** All nodes of a namespace, each on a connection of its own that stands before the race begins. */
final class Racers implements AutoCloseable {
    private static final int STARTERS = 10;
    private static final long PATIENCE_SECONDS = 60;

    private final List<MemberChannel> channels = new ArrayList<>();
    private final List<GatewayServiceFutureStub> nodes = new ArrayList<>();
    private final GatewayServiceBlockingStub operator;
    private final ExecutorService starters = Executors.newFixedThreadPool(STARTERS);

    /** Nodes 1 to {@code count}; they share one key, as only their names matter here. */
    Racers(GatewayProcess gateway, DevNamespace namespace, int count) throws Exception {
        operator = GatewayServiceGrpc.newBlockingStub(
                connect(gateway, namespace.operator()).channel());
        Credential first = namespace.node(1).credential();
        KeyPair keys = new KeyPair(first.certificate().getPublicKey(), first.key());
        List<ListenableFuture<?>> connecting = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            Member member = namespace.mint(namespace.nodeSpec(id).keys(keys));
            nodes.add(GatewayServiceGrpc.newFutureStub(connect(gateway, member).channel()));
            connecting.add(nodes.get(id - 1).getLeader(GetLeaderRequest.getDefaultInstance()));
            // All at once, a slow machine would exceed the time that the gateway gives a handshake.
            if (id % STARTERS == 0 || id == count) {
                Futures.allAsList(connecting).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                connecting.clear();
            }
        }
    }

    private MemberChannel connect(GatewayProcess gateway, Member member) throws Exception {
        MemberChannel channel = new MemberChannel(gateway, member.credential(), member.token());
        channels.add(channel);
        return channel;
    }

    /** Every node registers once, all at the same instant. */
    List<RegisterNodeResponse> registerAtOnce(long incarnation) throws Exception {
        return atOnce(id -> register(id, incarnation));
    }

    /**
     * Every node calls twice: odd ones give the first call up as soon as it is sent, even ones throw its reply away.
     * The replies thrown away are added to {@code lost}.
     */
    List<RegisterNodeResponse> registerAgainAsRepliesAreLost(long incarnation, List<RegisterNodeResponse> lost)
            throws Exception {
        return atOnce(id -> {
            ListenableFuture<RegisterNodeResponse> first = register(id, incarnation);
            if (id % 2 == 1) {
                first.cancel(true);
                return register(id, incarnation);
            }
            return Futures.transformAsync(
                    first,
                    reply -> {
                        lost.add(reply);
                        return register(id, incarnation);
                    },
                    MoreExecutors.directExecutor());
        });
    }

    private ListenableFuture<RegisterNodeResponse> register(int id, long incarnation) {
        return nodes.get(id - 1)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(id)
                        .setIpAddress("10.0.0.1")
                        .setPort(5000)
                        .setIncarnation(incarnation)
                        .setNodesLimit(0)
                        .build());
    }

    private List<RegisterNodeResponse> atOnce(IntFunction<ListenableFuture<RegisterNodeResponse>> call)
            throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<List<ListenableFuture<RegisterNodeResponse>>>> started = new ArrayList<>();
        for (int starter = 0; starter < STARTERS; starter++) {
            int first = 1 + starter;
            started.add(starters.submit(() -> {
                List<ListenableFuture<RegisterNodeResponse>> calls = new ArrayList<>();
                go.await();
                for (int id = first; id <= nodes.size(); id += STARTERS) {
                    calls.add(call.apply(id));
                }
                return calls;
            }));
        }
        go.countDown();
        List<ListenableFuture<RegisterNodeResponse>> replies = new ArrayList<>();
        for (Future<List<ListenableFuture<RegisterNodeResponse>>> calls : started) {
            replies.addAll(calls.get());
        }
        return Futures.allAsList(replies).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** The node on record as leader: the founder, as long as nobody reports (B6). */
    int leader() {
        return operator.getLeader(GetLeaderRequest.getDefaultInstance())
                .getLeader()
                .getNodeId();
    }

    /** Opens the next epoch. */
    void reset() {
        var unused = operator.resetBootstrap(ResetBootstrapRequest.newBuilder()
                .setForce(true)
                .setReason("the next round")
                .build());
    }

    @Override
    public void close() throws InterruptedException {
        starters.shutdownNow();
        for (MemberChannel channel : channels) {
            channel.close();
        }
    }
}
