package io.rollcall.server.audit;

import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.SessionEnd;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a change in a line: enough to follow a namespace's history. Of the details of nodes it includes only the
 * address.
 *
 * <pre>
 * {"revision":7,"epoch":1,"node":3,"incarnation":8831,"status":"failed","ended":"expired","ended_incarnation":8831}
 * {"revision":8,"epoch":1,"term":4,"leader":2,"leader_incarnation":5310}
 * </pre>
 */
final class ChangeFields {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private ChangeFields() {}

    static Map<String, Object> of(LogEntry entry) {
        ChangeFields fields = new ChangeFields();
        fields.put("revision", entry.revision());
        fields.put("epoch", entry.epoch());
        Change change = entry.change();
        if (change instanceof Change.NodeChanged changed) {
            fields.node(changed.node());
            changed.ended().ifPresent(fields::ended);
        } else if (change instanceof Change.NodeGone gone) {
            fields.put("node", gone.node().value());
            fields.put("status", "gone");
            gone.ended().ifPresent(fields::ended);
        } else if (change instanceof Change.LeaderChanged changed) {
            fields.leader(changed.leader());
        } else if (change instanceof Change.BootstrapChanged changed) {
            fields.bootstrap(changed.bootstrap());
        } else {
            throw new IllegalStateException("unknown change " + change.getClass());
        }
        return fields.fields;
    }

    private void node(Node node) {
        put("node", node.id().value());
        put("incarnation", node.session().incarnation().number());
        put("status", word(node.status()));
        put("address", AuditEvent.cut(node.details().address()));
    }

    private void leader(LeaderRegister leader) {
        put("term", leader.term());
        Session current = leader.leader();
        put("leader", current == null ? null : current.node().value());
        put("leader_incarnation", current == null ? null : current.incarnation().number());
        NodeId claimant = leader.conflict() == null ? null : leader.conflict().claimant();
        put("conflict_with", claimant == null ? null : claimant.value());
    }

    private void bootstrap(Bootstrap bootstrap) {
        Session founder = bootstrap.founder();
        put("founder", founder == null ? null : founder.node().value());
        put("confirmed", bootstrap.confirmed());
    }

    private void ended(SessionEnd end) {
        put("ended", word(end.reason()));
        put("ended_incarnation", end.incarnation().number());
    }

    private void put(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
