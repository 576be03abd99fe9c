package io.rollcall.server.registry.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The namespace alpha and the services that serve it, to be asked in process. */
final class ServedNamespace implements AutoCloseable {
    static final NamespaceName ALPHA = new NamespaceName("alpha");
    static final Caller OPERATOR = new Caller.OperatorCaller(ALPHA, "admin");
    private static final Settings SETTINGS = TestSettings.INITIAL
            .with(Setting.HEARTBEAT_INTERVAL, Duration.ofSeconds(10))
            .with(Setting.NODE_TIMEOUT, Duration.ofSeconds(60))
            .with(Setting.FAILED_RETENTION, Duration.ofHours(1));

    final TestClock clock = new TestClock(Instant.EPOCH);
    final TestTicker ticker = new TestTicker();
    final Leases leases = new Leases(ticker);
    final Alarms alarms = new Alarms(Clock.systemUTC(), subject -> {});
    /** How many lists were made elsewhere than on the event loop. */
    final AtomicInteger listed = new AtomicInteger();

    final Registry registry;
    final RegistryService service;
    final LeaderService leaders;

    ServedNamespace() throws IOException {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()), List.of(ALPHA), List.of(leases), clock, System::nanoTime);
        service = new RegistryService(
                registry,
                leases,
                SETTINGS,
                new NamespaceQuotas(Map.of(ALPHA, Registrations.UNBOUNDED)),
                new LostBranches(alarms, System::nanoTime),
                task -> {
                    listed.incrementAndGet();
                    task.run();
                },
                clock,
                ticker::nanos);
        leaders = new LeaderService(registry, leases, clock);
    }

    NamespaceRegistry namespace() {
        return registry.of(ALPHA);
    }

    static Caller node(int id) {
        return new Caller.NodeCaller(ALPHA, NodeId.of(id));
    }

    void settle(Kind kind, int node) {
        Session session =
                namespace().state().node(NodeId.of(node)).orElseThrow().session();
        namespace()
                .submit(new SettleLeases(List.of(new LeaseVerdict(session, kind)), Instant.EPOCH))
                .join();
    }

    RegisterNodeResponse registerNode(Caller caller, RegisterNodeRequest request) {
        EncodedReply reply = answer(caller, observer -> service.registerNode(request, observer));
        return parsed(RegisterNodeResponse.parser(), reply);
    }

    GetNodesResponse getNodes(Caller caller, GetNodesRequest request) {
        EncodedReply reply = answer(caller, observer -> service.getNodes(request, observer));
        return parsed(GetNodesResponse.parser(), reply);
    }

    private static <M> M parsed(Parser<M> parser, EncodedReply reply) {
        try {
            return parser.parseFrom(reply);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the reply is no message", e);
        }
    }

    /**
     * Makes a call and waits until it has ended. Returns its one reply.
     *
     * @throws RefusedException if it was refused
     */
    <M> M answer(Caller caller, Consumer<StreamObserver<M>> call) {
        OneReply<M> reply = new OneReply<>();
        Context.current()
                .withValue(CurrentCall.KEY, new CallIdentity(caller, "", "", "", ""))
                .run(() -> call.accept(reply));
        try {
            return reply.whole.orTimeout(1, TimeUnit.MINUTES).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        registry.close();
    }

    private static final class OneReply<M> implements StreamObserver<M> {
        private final List<M> heard = new ArrayList<>();
        private final CompletableFuture<M> whole = new CompletableFuture<>();

        @Override
        public void onNext(M message) {
            heard.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            if (heard.size() == 1) {
                whole.complete(heard.get(0));
            } else {
                whole.completeExceptionally(new AssertionError(heard.size() + " replies (expected: 1)"));
            }
        }
    }
}
