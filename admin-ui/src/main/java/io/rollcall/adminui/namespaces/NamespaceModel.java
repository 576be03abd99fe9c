package io.rollcall.adminui.namespaces;

import io.rollcall.adminui.ConsoleBackend.NamespaceDetail;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import io.rollcall.adminui.ConsoleBackend.NodeState;
import io.rollcall.adminui.ConsoleBackend.NodeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a namespace's page shows.
 *
 * @param now when it was made
 */
public record NamespaceModel(NamespaceDetail detail, Instant now) {

    public NamespaceSummary summary() {
        return detail.summary();
    }

    public int total() {
        return summary().active() + summary().suspected() + summary().failed();
    }

    /** How many heartbeats are overdue; each has half an interval's grace, for nothing should flip on a late one. */
    public long missed(NodeView node) {
        long interval = detail.heartbeatInterval().toMillis();
        long overdue = node.silence().toMillis() - interval / 2;
        return interval <= 0 || overdue < 0 || node.state() == NodeState.FAILED ? 0 : overdue / interval;
    }

    /** In the order of their keys, so that rows do not flicker. */
    public List<Map.Entry<String, String>> metadata(NodeView node) {
        return node.metadata().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }

    /** How the founding stands, in words. */
    public String founding() {
        return switch (summary().bootstrap()) {
            case OPEN -> "the next node that registers founds the cluster";
            case GRANTED -> "one node was told to found the cluster";
            case CONFIRMED -> "the cluster is founded, for good";
        };
    }
}
