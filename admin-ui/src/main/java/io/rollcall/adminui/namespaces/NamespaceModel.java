package io.rollcall.adminui.namespaces;

import io.rollcall.adminui.ConsoleBackend.NamespaceDetail;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import io.rollcall.adminui.ConsoleBackend.NodeState;
import io.rollcall.adminui.ConsoleBackend.NodeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The content of a namespace's page.
 *
 * @param now when it was created
 */
public record NamespaceModel(NamespaceDetail detail, Instant now) {

    public NamespaceSummary summary() {
        return detail.summary();
    }

    public int total() {
        return summary().active() + summary().suspected() + summary().failed();
    }

    /** Returns how many heartbeats are overdue; each has half an interval's grace, to avoid flicker. */
    public long missed(NodeView node) {
        long interval = detail.heartbeatInterval().toMillis();
        long overdue = node.silence().toMillis() - interval / 2;
        return interval <= 0 || overdue < 0 || node.state() == NodeState.FAILED ? 0 : overdue / interval;
    }

    /** Returns the metadata ordered by key, so that rows keep their order. */
    public List<Map.Entry<String, String>> metadata(NodeView node) {
        return node.metadata().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }

    /** Describes the founding in words. */
    public String founding() {
        return switch (summary().bootstrap()) {
            case OPEN -> "the next node that registers founds the cluster";
            case GRANTED -> "one node was told to found the cluster";
            case CONFIRMED -> "the cluster is founded, for good";
        };
    }
}
