package io.rollcall.server.registry.grpc;

import io.grpc.stub.StreamObserver;
import io.rollcall.server.failure.DeferredRefusal;
import io.rollcall.server.failure.Replies;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.AboveRate;
import io.rollcall.server.registry.Command;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.ReportLeader;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import java.time.Clock;

/** Serves GetLeader and UpdateLeader. Thread-safe; the caller comes from the current gRPC context. */
public final class LeaderService {
    private final Registry registry;
    private final RegistryMessages messages;
    private final ReplyEnvelope envelope;
    private final Clock clock;

    public LeaderService(Registry registry, LeaseKeeper leases, Clock clock) {
        this.registry = registry;
        this.messages = new RegistryMessages(leases, clock);
        this.envelope = new ReplyEnvelope(registry.id());
        this.clock = clock;
    }

    public void getLeader(StreamObserver<GetLeaderResponse> reply) {
        NamespaceName namespace = CurrentCall.caller().namespace();
        NamespaceState state = registry.of(namespace).state();
        GetLeaderResponse.Builder response = envelope.on(GetLeaderResponse.newBuilder(), state);
        messages.conflict(state).ifPresent(response::setConflict);
        messages.leader(namespace, state)
                .ifPresentOrElse(response::setLeader, () -> response.setMessage("no leader is known"));
        Replies.send(reply, response.build());
    }

    public void updateLeader(UpdateLeaderRequest request, StreamObserver<UpdateLeaderResponse> reply) {
        Caller.NodeCaller caller = CurrentCall.node();
        NodeId leader = NodeFields.nodeId("leader_id", request.getLeaderId());
        long term = request.hasTerm() ? NodeFields.atLeast("term", request.getTerm(), 1) : 0;
        Command<ReportLeader.Report> command = AboveRate.ifSo(
                DeferredRefusal.current(),
                new ReportLeader(caller.node(), request.getIncarnation(), leader, term, clock.instant()),
                report -> false);
        Replies.send(reply, registry.of(caller.namespace()).submit(CurrentCall.identity(), command), this::updated);
    }

    private UpdateLeaderResponse updated(ReportLeader.Report report) {
        return envelope.on(UpdateLeaderResponse.newBuilder(), report.state())
                .setStatus(report.accepted() ? "updated" : "failed")
                .setLeaderId(RegistryMessages.leaderId(report.state()))
                .setMessage(report.message())
                .build();
    }
}
