package io.rollcall.client.testing;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.rollcall.v1.BootstrapState;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.HealthCheckResponse;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.LeaderState;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.SessionEnd;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fake gateway's state. Guarded by itself. */
final class FakeNamespace {

    private final TreeMap<Integer, NodeInfo> nodes = new TreeMap<>();
    private final Map<Long, SessionEnd> ended = new HashMap<>();
    private final FakeFeed feed = new FakeFeed();
    private final Map<Integer, Integer> beats = new HashMap<>();
    private final List<RegisterNodeRequest> asked = new ArrayList<>();
    private Duration heartbeatInterval = Duration.ofSeconds(30);
    private int registry = 1;
    private long branch = 1;
    private @Nullable Photograph photograph;
    private long epoch = 1;
    private long revision;
    private long term;
    private int leader;
    /** The incarnation that was told to found the cluster; 0: none yet. */
    private long founder;

    /** A saved state, like a disk snapshot. */
    private record Photograph(
            Map<Integer, NodeInfo> nodes,
            Map<Long, SessionEnd> ended,
            List<WatchNodesResponse> history,
            long epoch,
            long revision,
            long term,
            int leader,
            long founder) {}

    synchronized void photograph() {
        photograph = new Photograph(
                new TreeMap<>(nodes), new HashMap<>(ended), feed.history(), epoch, revision, term, leader, founder);
    }

    synchronized void putBack() {
        Photograph then = photograph;
        if (then == null) {
            throw new IllegalStateException("nothing was photographed");
        }
        branch++;
        feed.cut();
        feed.restore(then.history());
        nodes.clear();
        nodes.putAll(then.nodes());
        ended.clear();
        ended.putAll(then.ended());
        epoch = then.epoch();
        revision = then.revision();
        term = then.term();
        leader = then.leader();
        founder = then.founder();
    }

    synchronized void heartbeatInterval(Duration interval) {
        heartbeatInterval = interval;
    }

    synchronized NodeInfo end(int nodeId, SessionEnd how) {
        NodeInfo node = nodes.remove(nodeId);
        if (node == null) {
            throw new IllegalArgumentException("node " + nodeId + " is not registered");
        }
        ended.put(node.getIncarnation(), how);
        changed(WatchChange.newBuilder().setGone(nodeId));
        if (leader == nodeId) {
            leader = 0;
            changed(WatchChange.newBuilder().setLeader(leaderState()));
        }
        return node;
    }

    synchronized void watch(WatchNodesRequest request, ServerCallStreamObserver<WatchNodesResponse> watcher) {
        WatchSnapshot empty = WatchSnapshot.newBuilder()
                .setLeader(leaderState())
                .setBootstrap(bootstrapState())
                .build();
        List<WatchSnapshot> parts = new ArrayList<>();
        nodes.values()
                .forEach(node -> parts.add(empty.toBuilder().addNodes(node).build()));
        parts.add(empty.toBuilder().setComplete(true).build());
        feed.watch(request, watcher, parts, now());
    }

    synchronized void cutWatches() {
        feed.cut();
    }

    synchronized void forgetChanges() {
        feed.forget();
    }

    synchronized void skipChange() {
        feed.skipNext();
    }

    private void changed(WatchChange.Builder change) {
        revision++;
        feed.add(change.setRevision(revision).build(), now());
    }

    private WatchNodesResponse now() {
        return WatchNodesResponse.newBuilder()
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    private LeaderState leaderState() {
        return LeaderState.newBuilder().setLeaderId(leader).setTerm(term).build();
    }

    private BootstrapState bootstrapState() {
        return BootstrapState.newBuilder().setEpoch(epoch).build();
    }

    synchronized void replace(int nodeId) {
        NodeInfo node = end(nodeId, SessionEnd.REPLACED);
        put(node.toBuilder().setIncarnation(node.getIncarnation() + 1));
    }

    synchronized void reset() {
        for (int nodeId : List.copyOf(nodes.keySet())) {
            end(nodeId, SessionEnd.RESET);
        }
        raiseEpoch();
    }

    synchronized void raiseEpoch() {
        epoch++;
        founder = 0;
        changed(WatchChange.newBuilder().setBootstrap(bootstrapState()));
    }

    synchronized void forgetEverything() {
        feed.forget();
        feed.cut();
        nodes.clear();
        ended.clear();
        registry++;
        epoch = 1;
        revision = 0;
        term = 0;
        leader = 0;
        founder = 0;
    }

    synchronized List<Long> incarnations(int nodeId) {
        return asked.stream()
                .filter(request -> request.getNodeId() == nodeId)
                .map(RegisterNodeRequest::getIncarnation)
                .toList();
    }

    synchronized List<Long> epochsClaimed(int nodeId) {
        return asked.stream()
                .filter(request -> request.getNodeId() == nodeId)
                .map(RegisterNodeRequest::getMemberOfEpoch)
                .toList();
    }

    synchronized int beats(int nodeId) {
        return beats.getOrDefault(nodeId, 0);
    }

    synchronized boolean holds(int nodeId) {
        return nodes.containsKey(nodeId);
    }

    synchronized RegisterNodeResponse register(RegisterNodeRequest request) {
        asked.add(request);
        if (ended.containsKey(request.getIncarnation())) {
            throw FakeMood.refusal(Status.Code.FAILED_PRECONDITION, "INCARNATION_ENDED");
        }
        NodeInfo earlier = nodes.get(request.getNodeId());
        boolean again = earlier != null && earlier.getIncarnation() == request.getIncarnation();
        if (earlier != null && !again) {
            end(request.getNodeId(), SessionEnd.REPLACED);
        }
        if (founder == 0 && request.getMemberOfEpoch() == 0) {
            founder = request.getIncarnation();
        }
        put(NodeInfo.newBuilder()
                .setNodeId(request.getNodeId())
                .setIpAddress(request.getIpAddress())
                .setPort(request.getPort())
                .addAllCapabilities(request.getCapabilitiesList())
                .putAllMetadata(request.getMetadataMap())
                .setStatus("active")
                .setIncarnation(request.getIncarnation()));
        RegisterNodeResponse.Builder reply = RegisterNodeResponse.newBuilder()
                .setStatus(again ? "updated" : "registered")
                .setNodeId(request.getNodeId())
                .setIsBootstrap(founder == request.getIncarnation())
                .addAllNodes(without(request.getNodeId()))
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .setHeartbeatIntervalMs(heartbeatInterval.toMillis())
                .setNodeTimeoutMs(heartbeatInterval.toMillis() * 10)
                .setTerm(term);
        NodeInfo leads = nodes.get(leader);
        return (leads == null ? reply : reply.setLeader(leads)).build();
    }

    synchronized HeartbeatResponse beat(HeartbeatRequest request) {
        HeartbeatResponse.Builder reply = HeartbeatResponse.newBuilder()
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch);
        if (!isLive(request.getNodeId(), request.getIncarnation())) {
            return reply.setStatus("not_found")
                    .setEnded(ended.getOrDefault(request.getIncarnation(), SessionEnd.UNKNOWN))
                    .build();
        }
        beats.merge(request.getNodeId(), 1, Integer::sum);
        return reply.setStatus("acknowledged").build();
    }

    synchronized RemoveNodeResponse remove(RemoveNodeRequest request) {
        boolean live = nodes.containsKey(request.getNodeId())
                && (request.getIncarnation() == 0 || isLive(request.getNodeId(), request.getIncarnation()));
        if (live) {
            end(request.getNodeId(), SessionEnd.REMOVED);
        }
        return RemoveNodeResponse.newBuilder()
                .setStatus(live ? "removed" : "not_found")
                .setNodeId(request.getNodeId())
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    synchronized UpdateLeaderResponse updateLeader(UpdateLeaderRequest request) {
        boolean newer = request.hasTerm() ? request.getTerm() > term : term == 0;
        boolean repeated = request.getTerm() == term && request.getLeaderId() == leader;
        boolean accepted = (newer || repeated) && nodes.containsKey(request.getLeaderId());
        if (accepted) {
            term = request.getTerm();
            leader = request.getLeaderId();
            changed(WatchChange.newBuilder().setLeader(leaderState()));
        }
        return UpdateLeaderResponse.newBuilder()
                .setStatus(accepted ? "updated" : "failed")
                .setLeaderId(leader)
                .setTerm(term)
                .setMessage(accepted ? "" : "term: " + request.getTerm() + " (expected: more than " + term + ")")
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    synchronized GetLeaderResponse leader() {
        GetLeaderResponse.Builder reply = GetLeaderResponse.newBuilder()
                .setTerm(term)
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch);
        NodeInfo leads = nodes.get(leader);
        return (leads == null ? reply : reply.setLeader(leads)).build();
    }

    synchronized GetNodesResponse nodes(GetNodesRequest request) {
        return GetNodesResponse.newBuilder()
                .addAllNodes(without(request.getRequestingNodeId()))
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    synchronized GetStatsResponse stats() {
        return GetStatsResponse.newBuilder()
                .setTotalNodes(nodes.size())
                .setActiveNodes(nodes.size())
                .setLeaderId(leader)
                .setBootstrapInitiated(founder != 0)
                .setTerm(term)
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    synchronized HealthCheckResponse health() {
        return HealthCheckResponse.newBuilder()
                .setStatus("healthy")
                .setVersion("fake")
                .setRevision(revision)
                .setEpoch(epoch)
                .setRegistryId("registry-" + registry)
                .setBranch(branch)
                .build();
    }

    private void put(NodeInfo.Builder node) {
        NodeInfo entry = node.setRevision(revision + 1).build();
        nodes.put(entry.getNodeId(), entry);
        changed(WatchChange.newBuilder().setNode(entry));
    }

    private boolean isLive(int nodeId, long incarnation) {
        NodeInfo node = nodes.get(nodeId);
        return node != null && node.getIncarnation() == incarnation;
    }

    private List<NodeInfo> without(int nodeId) {
        return nodes.values().stream()
                .filter(node -> node.getNodeId() != nodeId)
                .toList();
    }
}
