package io.rollcall.server.audit;

import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.AuditSink;
import io.rollcall.server.registry.CommandOutcome;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records the registry's decisions. A change's line is written before the change is committed, and both reach the disk
 * in the store's flush:
 *
 * <pre>
 *   decide ──▶ line ──▶ commit, with the line ──▶ reply
 *                          └─ failed: another line, "not-committed", says which lines were of no effect
 * </pre>
 *
 * If the gateway dies between line and commit, the next start's line {@code namespace-opened} gives the revision of the
 * store: an earlier line with a later revision was not committed.
 *
 * <p>Threads: the registry's writer; namespaces begin and end on the thread that opens them.
 */
final class ChangeAudit implements AuditSink, RegistryListener {
    private static final AuditRateLimiter.Budget REFUSALS = new AuditRateLimiter.Budget(10, 10);

    /** Bounds the length of a line, however much one command changes. */
    private static final int CHANGES_A_LINE = 50;

    private final AuditTrail trail;
    private final AuditRateLimiter limiter;
    private final Clock clock;
    private Map<NamespaceName, Lines> intended = Map.of();
    /** The outcomes of the batch before the commit that have no line of their own. */
    private List<CommandOutcome> addedUp = List.of();

    ChangeAudit(AuditTrail trail, AuditRateLimiter limiter, Clock clock) {
        this.trail = trail;
        this.limiter = limiter;
        this.clock = clock;
    }

    /** The lines of one namespace in the batch before the commit. */
    private record Lines(long first, long last) {
        Lines with(Lines more) {
            return new Lines(first, more.last);
        }
    }

    @Override
    public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {
        // Owed, so that it precedes the namespace's first change, however many namespaces there are.
        trail.owe(List.of(AuditEvent.of(clock.instant(), Kind.NAMESPACE_OPENED)
                .in(namespace)
                .with("revision", state.revision())
                .with("epoch", state.bootstrap().epoch())
                .with("term", state.leader().term())));
    }

    @Override
    public void end(NamespaceName namespace) {
        trail.owe(List.of(AuditEvent.of(clock.instant(), Kind.NAMESPACE_CLOSED).in(namespace)));
    }

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
        // Its lines were written before, except for what is added up.
        for (CommandOutcome outcome : addedUp) {
            if (outcome.namespace().equals(namespace)) {
                limiter.registrations().add(outcome);
            }
        }
    }

    @Override
    public void intend(List<CommandOutcome> outcomes) throws IOException {
        List<AuditEvent> events = new ArrayList<>();
        Map<NamespaceName, Lines> ofNamespace = new LinkedHashMap<>();
        List<CommandOutcome> withoutLine = new ArrayList<>();
        addedUp = List.of();
        for (CommandOutcome outcome : outcomes) {
            if (outcome.isAddedUp() && !limiter.registrations().hasLine(outcome)) {
                withoutLine.add(outcome);
                continue;
            }
            int before = events.size();
            addLines(outcome, events);
            // Relative to the batch's first line until its number is known.
            ofNamespace.merge(outcome.namespace(), new Lines(before, events.size() - 1), Lines::with);
        }
        long first = trail.recordWithCommit(events).seq() - events.size() + 1;
        ofNamespace.replaceAll((namespace, lines) -> new Lines(first + lines.first, first + lines.last));
        intended = ofNamespace;
        addedUp = withoutLine;
    }

    private void addLines(CommandOutcome outcome, List<AuditEvent> events) {
        List<LogEntry> entries = outcome.entries();
        for (int from = 0; from < entries.size(); from += CHANGES_A_LINE) {
            List<LogEntry> part = entries.subList(from, Math.min(entries.size(), from + CHANGES_A_LINE));
            events.add(line(Kind.CHANGE, outcome)
                    .with("changes", part.stream().map(ChangeFields::of).toList()));
        }
    }

    private AuditEvent line(Kind kind, CommandOutcome outcome) {
        AuditEvent event = CallIdentityFields.add(
                        AuditEvent.of(clock.instant(), kind).in(outcome.namespace()), outcome.identity())
                .with("method", outcome.name());
        outcome.objection()
                .ifPresentOrElse(message -> event.refused("OBJECTION").with("message", message), event::accepted);
        return outcome.asked().isEmpty() ? event : event.with("asked", new TreeMap<>(outcome.asked()));
    }

    @Override
    public void retract() {
        List<AuditEvent> events = new ArrayList<>();
        intended.forEach((namespace, lines) -> events.add(AuditEvent.of(clock.instant(), Kind.NOT_COMMITTED)
                .in(namespace)
                .with("first_line", lines.first)
                .with("last_line", lines.last)));
        intended = Map.of();
        addedUp = List.of();
        trail.owe(events);
    }

    @Override
    public void refused(CommandOutcome outcome) {
        if (limiter.admits(Kind.REFUSAL, outcome.namespace(), "OBJECTION", REFUSALS)) {
            trail.note(line(Kind.REFUSAL, outcome));
        }
    }

    @Override
    public void probe() throws IOException {
        trail.probe();
    }
}
