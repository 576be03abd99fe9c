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
 * The sweep of one namespace. When a large part of it falls silent at once, the fault is likelier to be the network's
 * than the nodes': they are suspected, and expire a few a sweep, so that those who come back find their lease (T5).
 *
 * <pre>
 *   silent  4 of 40   each expires when its time is over
 *   silent 12 of 40   one expires a sweep ... until fewer than 5, or than 20 %, are silent
 * </pre>
 *
 * <p>Threads: the sweeper's alone; any thread reads {@link #massSilence}.
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

    /** One look at every lease. What it finds is handed to the writer, not waited for. */
    void sweep() {
        if (!settling.isDone()) {
            return; // a slow store is not helped by asking again
        }
        List<LeaseVerdict> verdicts = look(namespace.state());
        if (!verdicts.isEmpty()) {
            settling = namespace.submit(new SettleLeases(verdicts, clock.instant()));
            var unused = settling.whenComplete((settled, failure) -> {
                if (failure != null) {
                    log.warn("{}: leases not settled, the next sweep tries again", namespace.name(), failure);
                }
            });
        }
    }

    private List<LeaseVerdict> look(NamespaceState state) {
        List<LeaseVerdict> verdicts = new ArrayList<>();
        List<Overdue> overdue = new ArrayList<>();
        int silent = 0;
        for (Lease lease : leases.all(namespace.name())) {
            Node node = state.node(lease.session().node()).orElse(null);
            if (node == null || !node.session().equals(lease.session())) {
                continue;
            }
            silent += node.isLive() && rules.isNearlyOverdue(lease) ? 1 : 0;
            if (node.isLive() && rules.isOverdue(lease)) {
                overdue.add(new Overdue(node, lease, rules.silence(lease)));
            } else {
                rules.judge(node, lease).ifPresent(verdicts::add);
            }
        }
        note(silent, state.liveCount(), overdue.size());
        if (massSilence == null) {
            overdue.forEach(node -> rules.judge(node.node(), node.lease()).ifPresent(verdicts::add));
        } else {
            expireAFew(overdue, MassSilence.rate(state.liveCount()), verdicts);
        }
        return verdicts;
    }

    private void expireAFew(List<Overdue> overdue, int rate, List<LeaseVerdict> verdicts) {
        overdue.sort(Comparator.comparingLong(Overdue::silence).reversed());
        for (int i = 0; i < overdue.size(); i++) {
            Overdue node = overdue.get(i);
            (i < rate ? rules.judge(node.node(), node.lease()) : rules.held(node.node(), node.lease()))
                    .ifPresent(verdicts::add);
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
