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

    private final NamespaceRegistry namespace;
    private final Leases leases;
    private final LeaseRules rules;
    private final Clock clock;
    private volatile @Nullable MassSilence massSilence;
    private CompletableFuture<Integer> settling = CompletableFuture.completedFuture(0);

    NamespaceSweep(NamespaceRegistry namespace, Leases leases, LeaseRules rules, Clock clock) {
        this.namespace = namespace;
        this.leases = leases;
        this.rules = rules;
        this.clock = clock;
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
        Findings found = look(namespace.state());
        if (!found.verdicts().isEmpty()) {
            settling = namespace
                    .submit(new SettleLeases(found.verdicts(), clock.instant()))
                    .whenComplete((settled, failure) -> {
                        found.sealed().forEach(this::release);
                        if (failure != null) {
                            log.warn("{}: leases not settled, the next sweep tries again", namespace.name(), failure);
                        }
                    });
        }
    }

    /** Ends or unseals a sealed lease, according to the committed state. */
    private void release(Lease lease) {
        if (namespace.state().live(lease.session()).isPresent()) {
            lease.unseal();
        } else {
            lease.end(leases.now());
        }
    }

    /** The verdicts of one check, and the leases sealed for them. */
    private record Findings(List<LeaseVerdict> verdicts, List<Lease> sealed) {
        void add(LeaseVerdict verdict, Lease lease) {
            verdicts.add(verdict);
            if (verdict.kind() == LeaseVerdict.Kind.EXPIRE) {
                sealed.add(lease);
            }
        }
    }

    private Findings look(NamespaceState state) {
        Findings found = new Findings(new ArrayList<>(), new ArrayList<>());
        List<Overdue> overdue = new ArrayList<>();
        int silent = 0;
        for (Lease lease : leases.all(namespace.name())) {
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
                rules.judge(node, lease).ifPresent(verdict -> found.add(verdict, lease));
            }
        }
        note(silent, state.liveCount(), overdue.size());
        expire(overdue, massSilence == null ? overdue.size() : MassSilence.rate(state.liveCount()), found);
        return found;
    }

    private void expire(List<Overdue> overdue, int most, Findings found) {
        overdue.sort(Comparator.comparingLong(Overdue::silence).reversed());
        for (int i = 0; i < overdue.size(); i++) {
            Overdue it = overdue.get(i);
            (i < most ? rules.judge(it.node(), it.lease()) : rules.held(it.node(), it.lease()))
                    .ifPresent(verdict -> found.add(verdict, it.lease()));
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
