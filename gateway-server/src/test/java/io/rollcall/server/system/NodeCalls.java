package io.rollcall.server.system;

import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The calls of a node of alpha, each answered within 20 s or failed. */
final class NodeCalls {
    private NodeCalls() {}

    static MemberChannel node(GatewayProcess gateway, int node) throws IOException {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    static GatewayServiceBlockingStub stub(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    static RegisterNodeResponse register(MemberChannel channel, int node, long incarnation) {
        return stub(channel)
                .registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(node)
                        .setIpAddress("10.0.0." + node)
                        .setPort(5000)
                        .setIncarnation(incarnation)
                        .build());
    }

    static HeartbeatResponse beat(MemberChannel channel, int node, long incarnation) {
        return stub(channel)
                .heartbeat(HeartbeatRequest.newBuilder()
                        .setNodeId(node)
                        .setIncarnation(incarnation)
                        .build());
    }

    static void lead(MemberChannel channel, int node, long incarnation, long term) {
        var unused = stub(channel)
                .updateLeader(UpdateLeaderRequest.newBuilder()
                        .setLeaderId(node)
                        .setIncarnation(incarnation)
                        .setTerm(term)
                        .build());
    }

    /** The ids of the nodes that are listed. */
    static List<Integer> listed(MemberChannel channel) {
        return stub(channel).getNodes(GetNodesRequest.getDefaultInstance()).getNodesList().stream()
                .map(NodeInfo::getNodeId)
                .toList();
    }
}
