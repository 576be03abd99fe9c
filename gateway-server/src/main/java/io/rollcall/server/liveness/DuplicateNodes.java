package io.rollcall.server.liveness;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.SessionEnd;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Detects two machines with one identity, which register as the same node in turns and displace each other.
 *
 * <pre>
 *   first  ── registers ──────── beats: not_found ── registers ──────── beats: not_found ── …
 *   second ─────── registers ──────────────── beats: not_found ── registers ──────── …
 *                                 └ evidence        └ evidence
 * </pre>
 *
 * Each displacement counts as evidence at most once: when the displaced session sends another heartbeat, since its
 * process then runs at the same time as its successor's, or when the node returns to the address before its last one.
 * Restarts of a node, however many, are no evidence. {@value #ENOUGH} within the window raise an alarm, which lasts
 * until a window passes without any.
 *
 * <p>Watches the {@value #MOST_NODES} most recently changed nodes of each namespace. Thread-safe.
 */
public final class DuplicateNodes implements RegistryListener {
    static final int ENOUGH = 3;
    static final int MOST_NODES = 1_024;
    private static final int MOST_NAMED = 5;
    private static final Duration SHORTEST_WINDOW = Duration.ofMinutes(1);
    private static final int BEATS_IN_WINDOW = 4; // a displaced session may notice only at its next beat

    private final Alarms alarms;
    private final Ticker ticker;
    private final long window;
    private final Map<NamespaceName, Watched> namespaces = new ConcurrentHashMap<>();

    /** @param heartbeatInterval as sent to nodes */
    public DuplicateNodes(Alarms alarms, Duration heartbeatInterval, Ticker ticker) {
        this.alarms = alarms;
        this.ticker = ticker;
        Duration beats = heartbeatInterval.multipliedBy(BEATS_IN_WINDOW);
        this.window = (beats.compareTo(SHORTEST_WINDOW) > 0 ? beats : SHORTEST_WINDOW).toNanos();
    }

    /** The recently changed nodes of one namespace, least recently changed first. */
    private static final class Watched extends LinkedHashMap<NodeId, Displacements> {
        private static final long serialVersionUID = 1;

        Watched() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Displacements> eldest) {
            return size() > MOST_NODES;
        }
    }

    @Override
    public void end(NamespaceName namespace) {
        namespaces.remove(namespace);
        alarms.clear(subject(namespace));
    }

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
        Watched nodes = namespaces.computeIfAbsent(namespace, name -> new Watched());
        long now = ticker.nanos();
        synchronized (nodes) {
            for (LogEntry entry : entries) {
                if (entry.change() instanceof Change.NodeChanged changed) {
                    String address = changed.node().details().address();
                    nodes.computeIfAbsent(changed.node().id(), id -> new Displacements(address, now))
                            .changed(address, changed.ended().map(SessionEnd::reason), now);
                }
            }
        }
    }

    /** Records a heartbeat of a session that has been replaced. */
    void heardAfterReplacement(NamespaceName namespace, NodeId node) {
        Watched nodes = namespaces.get(namespace);
        if (nodes != null) {
            synchronized (nodes) {
                Displacements of = nodes.get(node);
                if (of != null) {
                    of.heardAfterwards(ticker.nanos());
                }
            }
        }
    }

    /** Raises and clears the alarms. Call it every few seconds; each alarm is logged at most once per call. */
    public void look() {
        namespaces.forEach(this::look);
    }

    private void look(NamespaceName namespace, Watched nodes) {
        long now = ticker.nanos();
        Map<Integer, String> found = new TreeMap<>();
        synchronized (nodes) {
            nodes.values().removeIf(of -> of.isOver(now, window));
            nodes.forEach((id, of) -> {
                if (of.isDuplicate(now, window)) {
                    found.put(id.value(), id.value() + " (" + of.addresses() + ")");
                }
            });
        }
        if (found.isEmpty()) {
            alarms.clear(subject(namespace));
        } else {
            alarms.raise(
                    subject(namespace),
                    "two processes register in turns as node " + listed(found),
                    "the latest registration wins each time and ends the session of the other",
                    "find the second machine with this node's certificate, and give each its own node id");
        }
    }

    private static String listed(Map<Integer, String> found) {
        String named = found.values().stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return found.size() > MOST_NAMED ? named + " and " + (found.size() - MOST_NAMED) + " more" : named;
    }

    private static Alarm.Subject subject(NamespaceName namespace) {
        return Alarm.Subject.of(Alarm.Matter.DUPLICATE_NODE, namespace);
    }
}
