package io.rollcall.server.registry.grpc;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.admission.ReadCost;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.DeferredRefusal;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.registry.AboveRate;
import io.rollcall.server.registry.Command;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeQuery;
import io.rollcall.server.registry.RegisterNode;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RemoveNode;
import io.rollcall.server.registry.ResetBootstrap;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.ResetBootstrapResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves RegisterNode, RemoveNode, GetNodes, GetStats and ResetBootstrap. Thread-safe; the caller comes from the
 * current gRPC context.
 */
public final class RegistryService {
    private static final Logger log = LoggerFactory.getLogger(RegistryService.class);
    private static final double MILLIS = 1e3;

    /** The most nodes examined on the event loop: 10 µs of its time, or 1 ms if all their entries have changed. */
    static final int SHORT_LIST = 1_024;

    private final Registry registry;
    private final LeaseKeeper leases;
    private final Settings settings;
    private final NamespaceQuotas quotas;
    private final LostBranches lost;
    private final Executor longLists;
    private final RegistryMessages messages;
    private final NodeLists lists;
    private final ReplyEnvelope envelope;
    private final Clock clock;
    private final Instant startedAt;

    /**
     * @param longLists builds long lists, since the registry's writer and the event loops are shared
     * @param nanos the monotonic clock
     */
    public RegistryService(
            Registry registry,
            LeaseKeeper leases,
            Settings settings,
            NamespaceQuotas quotas,
            LostBranches lost,
            Executor longLists,
            Clock clock,
            LongSupplier nanos) {
        this.registry = registry;
        this.leases = leases;
        this.settings = settings;
        this.quotas = quotas;
        this.lost = lost;
        this.longLists = longLists;
        this.messages = new RegistryMessages(leases, clock);
        this.lists = new NodeLists(messages, nanos);
        this.envelope = new ReplyEnvelope(registry.id());
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    public void registerNode(RegisterNodeRequest request, StreamObserver<EncodedReply> reply) {
        Caller caller = CurrentCall.caller();
        NodeId id = NodeId.of(request.getNodeId());
        NamespaceName namespace = caller.namespace();
        NodeDetails details = NodeFields.details(
                request.getIpAddress(), request.getPort(), request.getCapabilitiesList(), request.getMetadataMap());
        long memberOfEpoch = NodeFields.atLeast("member_of_epoch", request.getMemberOfEpoch(), 0);
        long limit = request.hasNodesLimit()
                ? NodeFields.atLeast("nodes_limit", request.getNodesLimit(), 0)
                : Long.MAX_VALUE;
        Command<RegisterNode.Registration> command = AboveRate.ifSo(
                DeferredRefusal.current(),
                new RegisterNode(
                        id, details, request.getIncarnation(), memberOfEpoch, quotas.of(namespace), clock.instant()),
                RegisterNode.Registration::isSameAgain);
        CompletableFuture<RegisterNode.Registration> registered = registry.of(namespace)
                .submit(CurrentCall.identity(), command)
                // A repeated registration may change nothing, but it is a sign of life.
                .thenCompose(registration -> leases.beat(namespace, id, request.getIncarnation())
                        .thenApply(counts -> requireLive(registration, counts)));
        ReadCost cost = ReadCost.current();
        Function<RegisterNode.Registration, EncodedReply> message =
                registration -> registered(namespace, registration, limit, cost);
        if (registered.isDone() && isShort(registry.of(namespace).state())) {
            Replies.send(reply, registered, message);
        } else { // on the writer, or long
            Replies.send(reply, registered, message, longLists);
        }
    }

    /** Refuses a repeated registration whose session has expired, been replaced or been removed meanwhile. */
    private static RegisterNode.Registration requireLive(RegisterNode.Registration registration, boolean counts) {
        if (!counts && !registration.isNew()) {
            throw Refusal.SESSION_ENDED.because(
                    "incarnation: ended meanwhile (expected: a fresh one for a new registration session)");
        }
        return registration;
    }

    private EncodedReply registered(
            NamespaceName namespace, RegisterNode.Registration registration, long limit, ReadCost cost) {
        NamespaceState state = registration.state();
        int id = registration.node().id().value();
        NodeQuery.Found others = NodeQuery.liveExcept(id).find(state, 0, limit);
        cost.lookedAt(others.lookedAt());
        RegisterNodeResponse.Builder response = envelope.on(RegisterNodeResponse.newBuilder(), state)
                .setStatus(registration.isNew() ? "registered" : "updated")
                .setNodeId(id)
                .setIsBootstrap(registration.isFounder())
                .setMessage(registration.isFounder() ? "found the cluster" : "join the cluster")
                .setHeartbeatIntervalMs(settings.get(Setting.HEARTBEAT_INTERVAL).toMillis())
                .setNodeTimeoutMs(settings.get(Setting.NODE_TIMEOUT).toMillis());
        messages.leader(namespace, state).ifPresent(response::setLeader);
        return EncodedReply.of(
                response.build(), lists.entries(RegisterNodeResponse.NODES_FIELD_NUMBER, namespace, others));
    }

    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> reply) {
        Caller caller = CurrentCall.caller();
        NodeId id = NodeId.of(request.getNodeId());
        boolean isOperator = caller instanceof Caller.OperatorCaller;
        RemoveNode command = new RemoveNode(id, request.getIncarnation(), isOperator, clock.instant());
        Replies.send(
                reply,
                registry.of(caller.namespace()).submit(CurrentCall.identity(), command),
                removal -> removed(id, removal));
    }

    private RemoveNodeResponse removed(NodeId id, RemoveNode.Removal removal) {
        return envelope.on(RemoveNodeResponse.newBuilder(), removal.state())
                .setStatus(removal.found() ? "removed" : "not_found")
                .setNodeId(id.value())
                .setMessage(removal.found() ? "" : "node " + id + ": not registered in this session")
                .build();
    }

    public void getNodes(GetNodesRequest request, StreamObserver<EncodedReply> reply) {
        Caller caller = CurrentCall.caller();
        NamespaceName namespace = caller.namespace();
        NodeQuery query = NodeFields.query(
                request.getStatusesList(), request.getCapabilitiesList(), request.getRequestingNodeId());
        int pageSize = NodeFields.pageSize(request.getPageSize());
        NamespaceState state = registry.of(namespace).state();
        boolean isOurs = request.getKnownRegistryId().equals(registry.id())
                && lost.isOurs(namespace, state, request.getKnownBranch(), request.getKnownRevision(), caller);
        if (isOurs && request.getKnownRevision() == state.revision()) {
            Replies.send(
                    reply,
                    EncodedReply.of(envelope.on(GetNodesResponse.newBuilder(), state)
                            .setUnchanged(true)
                            .build()));
            return;
        }
        PageToken from = request.getPageToken().isEmpty()
                ? new PageToken(0, state.revision())
                : PageToken.decode(request.getPageToken());
        ReadCost cost = ReadCost.current();
        if (isShort(state)) {
            Replies.send(reply, page(namespace, query, state, from, pageSize, cost));
        } else { // may take long on this event loop
            Replies.send(
                    reply,
                    CompletableFuture.completedFuture(state),
                    it -> page(namespace, query, it, from, pageSize, cost),
                    longLists);
        }
    }

    private static boolean isShort(NamespaceState state) {
        return state.nodes().size() <= SHORT_LIST;
    }

    private EncodedReply page(
            NamespaceName namespace,
            NodeQuery query,
            NamespaceState state,
            PageToken from,
            int pageSize,
            ReadCost cost) {
        GetNodesResponse.Builder response = envelope.on(GetNodesResponse.newBuilder(), state);
        NodeQuery.Found found = query.find(state, from.lastId(), pageSize);
        cost.lookedAt(found.lookedAt());
        if (found.isCut()) {
            response.setNextPageToken(new PageToken(found.lastId(), from.firstRevision()).encode());
        }
        return EncodedReply.of(response.build(), lists.entries(GetNodesResponse.NODES_FIELD_NUMBER, namespace, found));
    }

    public void resetBootstrap(ResetBootstrapRequest request, StreamObserver<ResetBootstrapResponse> reply) {
        Caller caller = CurrentCall.caller();
        long epoch = NodeFields.atLeast("epoch", request.getEpoch(), 0);
        String reason = NodeFields.reason(request.getReason());
        ResetBootstrap command = new ResetBootstrap(request.getForce(), epoch, reason, clock.instant());
        Replies.send(reply, registry.of(caller.namespace()).submit(CurrentCall.identity(), command), state -> {
            log.warn(
                    "{} reset the bootstrap, now epoch {}: {}",
                    caller,
                    state.bootstrap().epoch(),
                    reason);
            return envelope.on(ResetBootstrapResponse.newBuilder(), state).build();
        });
    }

    public void getStats(StreamObserver<GetStatsResponse> reply) {
        NamespaceState state = registry.of(CurrentCall.caller().namespace()).state();
        Replies.send(
                reply,
                envelope.on(GetStatsResponse.newBuilder(), state)
                        .setTotalNodes(state.nodes().size())
                        .setActiveNodes(state.liveCount())
                        .setSuspectedNodes(state.suspected())
                        .setFailedNodes(state.failed())
                        .setLeaderId(RegistryMessages.leaderId(state))
                        .setBootstrapInitiated(state.bootstrap().isInitiated())
                        .setUptime(Duration.between(startedAt, clock.instant()).toMillis() / MILLIS)
                        .build());
    }
}
