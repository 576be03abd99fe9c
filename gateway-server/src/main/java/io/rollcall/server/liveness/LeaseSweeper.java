package io.rollcall.server.liveness;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.SharedTimer;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Checks all leases periodically and submits the resulting changes to the writer: silent for a while, or stream broken
 * for longer than a grace period → suspected; heard from again → active; silent for longer than the node timeout →
 * failed; failed for long enough → forgotten.
 *
 * <p>Why was my node marked failed? Because a sweep found it silent for longer than {@link Setting#NODE_TIMEOUT}, not
 * counting the gateway's own pauses ({@link GatewayPauses}).
 *
 * <p>Threads: a dedicated thread checks and seals overdue leases; the writer's thread decides and commits the verdicts,
 * which end those leases.
 */
public final class LeaseSweeper implements AutoCloseable {
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(20);

    /** An expiry is detected at most a twentieth of the timeout late. */
    private static final int SWEEPS_PER_TIMEOUT = 20;

    private final Registry registry;
    private final Leases leases;
    private final Settings settings;
    private final GatewayPauses pauses;
    private final LeaseRules rules;
    private final Clock clock;
    private final Map<NamespaceName, NamespaceSweep> sweeps = new ConcurrentHashMap<>();
    private volatile boolean isOver;
    private final SharedTimer executor = new SharedTimer("lease-sweeper");

    public LeaseSweeper(Registry registry, Leases leases, Settings settings, Ticker ticker, Clock clock) {
        this.registry = registry;
        this.leases = leases;
        this.settings = settings;
        this.pauses = new GatewayPauses(
                ticker, period(settings.get(Setting.NODE_TIMEOUT)), settings.get(Setting.NODE_TIMEOUT));
        this.rules = new LeaseRules(settings, pauses);
        this.clock = clock;
    }

    /** Returns how long an expired lease may go unnoticed (T2). */
    public static Duration period(Duration nodeTimeout) {
        Duration wanted = nodeTimeout.dividedBy(SWEEPS_PER_TIMEOUT);
        if (wanted.compareTo(LONGEST_PERIOD) > 0) {
            return LONGEST_PERIOD;
        }
        return wanted.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : wanted;
    }

    public void start() {
        long period = period(settings.get(Setting.NODE_TIMEOUT)).toNanos();
        var unused = executor.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.NANOSECONDS);
    }

    /** Returns the check-in of its thread. */
    public CheckIn checkIn() {
        return executor.checkIn();
    }

    /**
     * Checks every lease, one namespace after the other. Does nothing while the store cannot be written: no change
     * could be committed, and a node that lost its lease could not register again, so that time counts as a pause (T4).
     */
    void sweep() {
        if (!registry.storeHealth().isWritable()) {
            return;
        }
        pauses.tick();
        for (NamespaceRegistry namespace : registry.all()) {
            sweepOf(namespace).sweep();
        }
    }

    private NamespaceSweep sweepOf(NamespaceRegistry namespace) {
        return sweeps.computeIfAbsent(
                namespace.name(), name -> new NamespaceSweep(namespace, leases, rules, clock, () -> isOver));
    }

    /** Returns what the console shows while a large part of a namespace is silent (T5). Any thread. */
    public Optional<MassSilence> massSilence(NamespaceName namespace) {
        return Optional.ofNullable(sweeps.get(namespace)).flatMap(NamespaceSweep::massSilence);
    }

    /** Ends the sweeps, also those of which the registry has only a part yet. */
    @Override
    public void close() {
        isOver = true;
        executor.shutdownNow();
    }
}
