package io.rollcall.server.liveness;

import io.rollcall.server.config.LeaseConfig;
import io.rollcall.server.registry.LeaseVerdict;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.SettleLeases;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all leases now and then, and has the writer settle what it finds: silent for a while → suspected, heard from
 * again → active, silent for longer than the node timeout → failed, failed for long enough → forgotten.
 *
 * <p>Why was my node marked failed? Because a sweep found it silent for longer than {@link LeaseConfig#nodeTimeout}.
 *
 * <p>Threads: one of its own looks; the verdicts are decided on the writer's, which asks each lease again.
 */
public final class LeaseSweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaseSweeper.class);
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(20);

    /** A lease is found expired at most a twentieth of its time late. */
    private static final int SWEEPS_PER_TIMEOUT = 20;

    private final Registry registry;
    private final Leases leases;
    private final LeaseConfig config;
    private final Ticker ticker;
    private final Clock clock;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lease-sweeper");
        thread.setDaemon(true);
        return thread;
    });

    public LeaseSweeper(Registry registry, Leases leases, LeaseConfig config, Ticker ticker, Clock clock) {
        this.registry = registry;
        this.leases = leases;
        this.config = config;
        this.ticker = ticker;
        this.clock = clock;
    }

    /** How long an expired lease may go unnoticed (T2). */
    public static Duration period(Duration nodeTimeout) {
        Duration wanted = nodeTimeout.dividedBy(SWEEPS_PER_TIMEOUT);
        if (wanted.compareTo(LONGEST_PERIOD) > 0) {
            return LONGEST_PERIOD;
        }
        return wanted.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : wanted;
    }

    public void start() {
        long period = period(config.nodeTimeout()).toNanos();
        var unused = executor.scheduleWithFixedDelay(this::sweepAndReport, period, period, TimeUnit.NANOSECONDS);
    }

    private void sweepAndReport() {
        try {
            sweep();
        } catch (RuntimeException e) {
            // The executor would drop the task for good.
            log.error("a sweep of the leases failed; the next one follows", e);
        }
    }

    /** One look at every lease. What it finds is handed to the writer, not waited for. */
    void sweep() {
        for (NamespaceRegistry namespace : registry.all()) {
            NamespaceState state = namespace.state();
            List<LeaseVerdict> verdicts = new ArrayList<>();
            for (Lease lease : leases.all(namespace.name())) {
                state.node(lease.session().node())
                        .filter(node -> node.session().equals(lease.session()))
                        .flatMap(node -> judge(node, lease))
                        .ifPresent(verdicts::add);
            }
            if (!verdicts.isEmpty()) {
                var unused = namespace
                        .submit(new SettleLeases(verdicts, clock.instant()))
                        .whenComplete((settled, failure) -> {
                            if (failure != null) {
                                log.warn(
                                        "{}: leases not settled, the next sweep tries again",
                                        namespace.name(),
                                        failure);
                            }
                        });
            }
        }
    }

    private Optional<LeaseVerdict> judge(Node node, Lease lease) {
        long timeout = config.nodeTimeout().toNanos();
        long suspectAfter = config.suspectAfter().toNanos();
        if (!node.isLive()) {
            long retention = config.failedRetention().toNanos();
            return ticker.nanos() - lease.endedAt() > retention
                    ? verdict(lease, Kind.FORGET, lease::hasEnded)
                    : Optional.empty();
        }
        if (lease.hasEnded() || silence(lease) > timeout) {
            return verdict(lease, Kind.EXPIRE, () -> lease.endIfSilentFor(timeout, ticker.nanos()));
        }
        boolean isSilent = silence(lease) > suspectAfter;
        if (isSilent && node.status() == NodeStatus.ACTIVE) {
            return verdict(lease, Kind.SUSPECT, () -> silence(lease) > suspectAfter);
        }
        return !isSilent && node.status() == NodeStatus.SUSPECTED
                ? verdict(lease, Kind.RECOVER, () -> silence(lease) <= suspectAfter)
                : Optional.empty();
    }

    private long silence(Lease lease) {
        return lease.silence(ticker.nanos());
    }

    private static Optional<LeaseVerdict> verdict(Lease lease, Kind kind, BooleanSupplier stillHolds) {
        return Optional.of(new LeaseVerdict(lease.session(), kind, stillHolds));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
