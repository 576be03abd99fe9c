package io.rollcall.client;

import io.rollcall.v1.NodeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A node as listed by the gateway.
 *
 * @param id 1 to 2147483647
 * @param host an IP address, IPv6 without brackets, or a host name
 * @param lastSeen when the gateway last heard from it, by the gateway's wall clock
 * @param joinedAt when its registration session began, by the gateway's wall clock
 */
public record Node(
        int id,
        String host,
        int port,
        List<String> capabilities,
        Map<String, String> metadata,
        NodeStatus status,
        Instant lastSeen,
        Instant joinedAt) {

    public Node {
        capabilities = List.copyOf(capabilities);
        metadata = Map.copyOf(metadata);
    }

    static Node of(NodeInfo info) {
        return new Node(
                info.getNodeId(),
                info.getIpAddress(),
                info.getPort(),
                info.getCapabilitiesList(),
                info.getMetadataMap(),
                NodeStatus.of(info.getStatus()),
                Wire.instant(info.getLastSeen()),
                Wire.instant(info.getJoinTimestamp()));
    }

    static List<Node> listOf(List<NodeInfo> infos) {
        return infos.stream().map(Node::of).toList();
    }
}
