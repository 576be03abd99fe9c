package io.rollcall.server.liveness;

import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.SettleLeases;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sweep of one namespace. When a large part of it falls silent at once, the network is more likely at fault than
 * the nodes: they are suspected, and expire a few per sweep, so that returning nodes keep their leases (T5).
 *
 * <pre>
 *   silent  4 of 40   each expires when its time is over
 *   silent 12 of 40   one expires a sweep ... until fewer than 5, or than 20 %, are silent
 * </pre>
 *
 * <p>Threads: only the sweeper's; any thread reads {@link #massSilence}.
 */
final class NamespaceSweep {
    private static final Logger log = LoggerFactory.getLogger(NamespaceSweep.class);

    /** Verdicts in one command, whose changes are one commit: other namespaces wait for no more at a time. */
    static final int MOST_AT_ONCE = 64;

    private final NamespaceRegistry namespace;
    private final Leases leases;
    private final LeaseRules rules;
    private final Clock clock;
    private final BooleanSupplier isOver;
    private volatile @Nullable MassSilence massSilence;
    private CompletableFuture<?> settling = CompletableFuture.completedFuture(null);

    /** @param isOver whether the gateway stops; then the parts that are not submitted yet are not */
    NamespaceSweep(NamespaceRegistry namespace, Leases leases, LeaseRules rules, Clock clock, BooleanSupplier isOver) {
        this.namespace = namespace;
        this.leases = leases;
        this.rules = rules;
        this.clock = clock;
        this.isOver = isOver;
    }

    /** What a sweep found about a node. The lease of one that expires is sealed until the verdict is settled. */
    private record Finding(LeaseVerdict verdict, Lease lease) {
        boolean expires() {
            return verdict.kind() == LeaseVerdict.Kind.EXPIRE;
        }

        /** Whether nothing was heard from a node that is to be suspected while the parts before were settled. */
        boolean stillHolds() {
            return verdict.kind() != LeaseVerdict.Kind.SUSPECT || !lease.wasHeardSinceSuspected();
        }
    }

    /** A live node that is overdue. */
    private record Overdue(Node node, Lease lease, long silence) {}

    Optional<MassSilence> massSilence() {
        return Optional.ofNullable(massSilence);
    }

    /** Checks every lease. Submits the verdicts to the writer without waiting. */
    void sweep() {
        if (!settling.isDone()) {
            return; // do not add load to a slow store
        }
        List<Finding> found = look(namespace.state());
        if (!found.isEmpty()) {
            settling = settle(found).whenComplete((settled, failure) -> {
                if (failure != null) {
                    log.warn("{}: leases not settled, the next sweep tries again", namespace.name(), failure);
                }
            });
        }
    }

    /** Submits the verdicts in parts, each when the one before it is committed. A failure is the end of the rest. */
    private CompletableFuture<?> settle(List<Finding> found) {
        if (isOver.getAsBoolean()) {
            release(found);
            return CompletableFuture.completedFuture(null);
        }
        List<Finding> part = found.subList(0, Math.min(MOST_AT_ONCE, found.size()));
        List<Finding> rest = found.subList(part.size(), found.size());
        List<LeaseVerdict> verdicts =
                part.stream().filter(Finding::stillHolds).map(Finding::verdict).toList();
        CompletableFuture<Integer> committed = namespace
                .submit(new SettleLeases(verdicts, clock.instant()))
                .whenComplete((settled, failure) -> release(failure == null ? part : found));
        return rest.isEmpty() ? committed : committed.thenCompose(settled -> settle(rest));
    }

    private void release(List<Finding> settled) {
        settled.stream().filter(Finding::expires).map(Finding::lease).forEach(this::release);
    }

    /** Ends or unseals a sealed lease, according to the committed state. */
    private void release(Lease lease) {
        if (namespace.state().live(lease.session()).isPresent()) {
            lease.unseal();
        } else {
            lease.end(leases.now());
        }
    }

    private List<Finding> look(NamespaceState state) {
        List<Finding> found = new ArrayList<>();
        List<Overdue> overdue = new ArrayList<>();
        int silent = 0;
        long now = leases.now();
        for (Lease lease : leases.all(namespace.name())) {
            if (rules.isInOrder(lease, now)) {
                continue;
            }
            if (lease.isSealed()) {
                release(lease); // no commit is pending: the check that sealed it has failed
            }
            Node node = state.node(lease.session().node()).orElse(null);
            if (node == null || !node.session().equals(lease.session())) {
                continue;
            }
            silent += node.isLive() && rules.isNearlyOverdue(lease) ? 1 : 0;
            if (node.isLive() && rules.isOverdue(lease)) {
                overdue.add(new Overdue(node, lease, rules.silence(lease)));
            } else {
                rules.judge(node, lease).ifPresent(verdict -> found.add(new Finding(verdict, lease)));
            }
        }
        note(silent, state.liveCount(), overdue.size());
        expire(overdue, massSilence == null ? overdue.size() : MassSilence.rate(state.liveCount()), found);
        return found;
    }

    private void expire(List<Overdue> overdue, int most, List<Finding> found) {
        overdue.sort(Comparator.comparingLong(Overdue::silence).reversed());
        for (int i = 0; i < overdue.size(); i++) {
            Overdue it = overdue.get(i);
            (i < most ? rules.judge(it.node(), it.lease()) : rules.held(it.node(), it.lease()))
                    .ifPresent(verdict -> found.add(new Finding(verdict, it.lease())));
        }
    }

    private void note(int silent, int live, int overdue) {
        MassSilence known = massSilence;
        boolean isLarge = MassSilence.isLargePart(silent, live);
        if (known != null && isLarge) {
            massSilence = known.with(silent, live, overdue);
        } else if (known != null) {
            massSilence = null;
            log.info(
                    "{}: the mass silence is over, {} of {} nodes are still silent; nodes expire as usual",
                    namespace.name(),
                    silent,
                    live);
        } else if (isLarge && overdue > 0) {
            massSilence = new MassSilence(clock.instant(), silent, live, overdue);
            log.warn(
                    "{}: {} of {} nodes fell silent at once; they are suspected, and expire {} a sweep",
                    namespace.name(),
                    silent,
                    live,
                    MassSilence.rate(live));
        }
    }
}
