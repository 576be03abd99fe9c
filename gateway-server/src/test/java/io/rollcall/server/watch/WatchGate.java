package io.rollcall.server.watch;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.grpc.EncodedReplies;
import io.rollcall.server.registry.grpc.EncodedReply;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.AsyncService;
import io.rollcall.v1.WatchChange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A registry that is watched over a real socket, in the clear; it writes down what happened, and what was sent. */
final class WatchGate implements AutoCloseable {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final Leases leases = new Leases(System::nanoTime);
    private final RegistryMessages messages = new RegistryMessages(leases, Clock.systemUTC());
    private final Record record = new Record();
    private final List<AtomicLong> bytesByStream = new CopyOnWriteArrayList<>();
    private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
    private final Feed feed;
    private final Registry registry;
    private final Server server;

    /** The registry's own: what it told its listeners. */
    private static final class Record implements RegistryListener {
        private final List<Change> changes = new ArrayList<>();

        @Override
        public synchronized void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
            entries.forEach(entry -> changes.add(entry.change()));
        }

        synchronized List<Change> changes() {
            return List.copyOf(changes);
        }
    }

    WatchGate(int held) throws IOException {
        feed = new Feed(held, Long.MAX_VALUE, namespace -> 100, Duration.ofSeconds(15), pool, System::nanoTime);
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()),
                List.of(ALPHA),
                List.of(leases, record, feed),
                Clock.systemUTC(),
                System::nanoTime);
        WatchService service = new WatchService(
                registry,
                feed,
                new LostBranches(new Alarms(Clock.systemUTC(), subject -> {}), System::nanoTime),
                leases,
                Clock.systemUTC(),
                System::nanoTime);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(EncodedReplies.of(GatewayServiceGrpc.bindService(new AsyncService() {})).stream(
                                GatewayServiceGrpc.getWatchNodesMethod(), service::watchNodes)
                        .build())
                .intercept(new Counting())
                .build()
                .start();
    }

    /** Everybody is an operator here; counts what each stream sends. */
    private final class Counting implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            AtomicLong bytes = new AtomicLong();
            bytesByStream.add(bytes);
            ServerCall<Q, R> counted = new SimpleForwardingServerCall<>(call) {
                @Override
                public void sendMessage(R message) {
                    bytes.addAndGet(((EncodedReply) message).available());
                    super.sendMessage(message);
                }
            };
            Caller caller = new Caller.OperatorCaller(ALPHA, "admin");
            Context identified = Context.current().withValue(CurrentCall.KEY, new CallIdentity(caller, "", "", "", ""));
            return Contexts.interceptCall(identified, counted, headers, next);
        }
    }

    /** A connection of its own. */
    ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort())
                .usePlaintext()
                .directExecutor()
                .build();
        channels.add(channel);
        return channel;
    }

    NamespaceRegistry namespace() {
        return registry.of(ALPHA);
    }

    /** What was sent to each stream, in bytes, in the order in which they were opened. */
    List<Long> sentBytes() {
        return bytesByStream.stream().map(AtomicLong::get).toList();
    }

    /** All that happened, as a watcher should be told. */
    List<WatchChange> history() {
        return record.changes().stream()
                .map(change -> Replay.timeless(messages.change(ALPHA, change)))
                .toList();
    }

    /** What a watcher should see at last. */
    List<Object> view() {
        NamespaceState state = namespace().state();
        return List.of(
                state.revision(),
                state.nodes().values().stream()
                        .map(node -> Replay.timeless(messages.node(ALPHA, node)))
                        .toList(),
                messages.leader(state.leader()),
                messages.bootstrap(state.bootstrap()));
    }

    @Override
    public void close() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        feed.close();
        server.shutdownNow().awaitTermination();
        registry.close();
        pool.shutdown();
    }
}
