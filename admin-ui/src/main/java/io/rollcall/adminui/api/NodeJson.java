package io.rollcall.adminui.api;

import io.rollcall.adminui.ConsoleBackend.NodeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node, with the field names of NodeInfo; {@code silence} is in seconds. */
record NodeJson(
        int nodeId,
        String ipAddress,
        int port,
        List<String> capabilities,
        String status,
        Instant lastSeen,
        Instant joinTimestamp,
        Map<String, String> metadata,
        boolean leader,
        boolean founder,
        double silence,
        long revision) {

    static NodeJson of(NodeView of) {
        return new NodeJson(
                of.id(),
                of.host(),
                of.port(),
                of.capabilities(),
                NamespaceJson.word(of.state()),
                of.lastSeen(),
                of.joinedAt(),
                new TreeMap<>(of.metadata()),
                of.leader(),
                of.founder(),
                of.silence().toMillis() / 1_000.0,
                of.revision());
    }
}
