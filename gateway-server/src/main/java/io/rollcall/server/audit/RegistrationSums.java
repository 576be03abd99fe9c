package io.rollcall.server.audit;

import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.CommandOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Adds up registrations of members above their own rate that change only the incarnation. A node's first has its line
 * before it is committed, like any change; those of the following {@value #WINDOW_SECONDS} seconds share one line, with
 * their first and last revision. A crash loses at most that line, about registrations that changed nothing else; the
 * next start's {@code namespace-opened} gives the revision reached.
 *
 * <p>Keeps a node only while it adds up its registrations, so the entries are bounded by the changes that a namespace
 * may make in that time. Thread-safe.
 */
final class RegistrationSums {
    static final int WINDOW_SECONDS = 10;

    private static final long WINDOW_NANOS = Duration.ofSeconds(WINDOW_SECONDS).toNanos();

    private final Map<Key, Window> windows = new ConcurrentHashMap<>();
    private final Clock clock;
    private final LongSupplier nanos;

    RegistrationSums(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    private record Key(NamespaceName namespace, int node) {}

    /** Registrations that no line reports yet. Guarded by itself. */
    private static final class Window {
        private final long since;
        private String caller = "";
        private long more;
        private long firstRevision;
        private long lastRevision;
        private long lastIncarnation;

        Window(long since) {
            this.since = since;
        }
    }

    /** Whether it has a line of its own; otherwise {@link #add} it once it is committed. */
    boolean hasLine(CommandOutcome outcome) {
        Change.NodeChanged changed = changed(outcome);
        boolean[] isFirst = new boolean[1];
        windows.computeIfAbsent(key(outcome, changed), absent -> {
            isFirst[0] = true;
            return new Window(nanos.getAsLong());
        });
        return isFirst[0];
    }

    void add(CommandOutcome outcome) {
        Change.NodeChanged changed = changed(outcome);
        windows.compute(key(outcome, changed), (key, present) -> {
            Window window = present == null ? new Window(nanos.getAsLong()) : present;
            window.firstRevision = window.more++ == 0 ? changed.revision() : window.firstRevision;
            window.lastRevision = changed.revision();
            window.lastIncarnation = changed.node().session().incarnation().number();
            window.caller = outcome.identity().id();
            return window;
        });
    }

    private static Change.NodeChanged changed(CommandOutcome outcome) {
        if (outcome.entries().size() == 1 && outcome.entries().get(0).change() instanceof Change.NodeChanged changed) {
            return changed;
        }
        throw new IllegalStateException(outcome.name() + " changes more than a node");
    }

    private static Key key(CommandOutcome outcome, Change.NodeChanged changed) {
        return new Key(outcome.namespace(), changed.node().id().value());
    }

    /** Returns the sums whose window is over, each once. */
    List<AuditEvent> over() {
        return since(nanos.getAsLong() - WINDOW_NANOS);
    }

    /** Returns all sums, for the end. */
    List<AuditEvent> rest() {
        return since(nanos.getAsLong());
    }

    private List<AuditEvent> since(long latest) {
        List<AuditEvent> sums = new ArrayList<>();
        for (Key key : windows.keySet()) {
            windows.computeIfPresent(key, (same, window) -> {
                if (window.since - latest > 0) {
                    return window;
                }
                if (window.more > 0) {
                    sums.add(sum(key, window));
                }
                return null;
            });
        }
        return sums;
    }

    private AuditEvent sum(Key key, Window window) {
        return AuditEvent.of(clock.instant(), Kind.SUMMED_UP)
                .in(key.namespace)
                .with("caller", window.caller)
                .with("of", Kind.CHANGE.word())
                .with("method", "RegisterNode")
                .with("node", key.node)
                .with("more", window.more)
                .with("first_revision", window.firstRevision)
                .with("last_revision", window.lastRevision)
                .with("last_incarnation", window.lastIncarnation)
                .with(
                        "message",
                        window.more + " registrations of node " + key.node + ", nothing changed but the incarnation");
    }
}
