package io.rollcall.server.audit;

import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.namespace.NamespaceName;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rate of audit lines. For each kind, namespace and reason, a burst of events and then a number per second
 * have a line each; the others are counted, and one line a second reports the count. So a caller that is refused a
 * million times neither fills the disk nor displaces other namespaces' lines.
 *
 * <p>Thread-safe; locks are held only while counting. The number of counters is bounded by namespaces times reasons,
 * since only an accepted certificate has a namespace.
 */
final class AuditRateLimiter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<Key, Window> windows = new ConcurrentHashMap<>();
    private final RegistrationSums registrations;
    private final Clock clock;
    private final LongSupplier nanos;

    AuditRateLimiter(Clock clock, LongSupplier nanos) {
        this.registrations = new RegistrationSums(clock, nanos);
        this.clock = clock;
        this.nanos = nanos;
    }

    /** The sums of registrations, which have other rules. */
    RegistrationSums registrations() {
        return registrations;
    }

    private record Key(Kind kind, @Nullable NamespaceName namespace, String reason) {}

    /**
     * How many events may have lines of their own.
     *
     * @param atOnce the burst
     * @param perSecond the rate after the burst
     */
    record Budget(int atOnce, double perSecond) {}

    private static final class Window {
        private double left;
        private long refilledAt;
        private long more;
        private long moreSince;

        Window(Budget budget, long now) {
            left = budget.atOnce;
            refilledAt = now;
        }
    }

    /**
     * Whether an event may have a line of its own; otherwise it has been counted.
     *
     * @param namespace null: not known
     * @param reason a word of a closed list
     * @param budget the same for each kind and reason
     */
    boolean admits(Kind kind, @Nullable NamespaceName namespace, String reason, Budget budget) {
        long now = nanos.getAsLong();
        Window window = windows.computeIfAbsent(new Key(kind, namespace, reason), key -> new Window(budget, now));
        synchronized (window) {
            double earned = (now - window.refilledAt) * budget.perSecond / WINDOW_NANOS;
            window.left = Math.min(budget.atOnce, window.left + earned);
            window.refilledAt = now;
            if (window.left >= 1) {
                window.left--;
                return true;
            }
            if (window.more++ == 0) {
                window.moreSince = now;
            }
            return false;
        }
    }

    /** Returns the sums of past seconds, each once. */
    List<AuditEvent> over() {
        List<AuditEvent> sums = since(nanos.getAsLong() - WINDOW_NANOS);
        sums.addAll(registrations.over());
        return sums;
    }

    /** Returns the sums not yet returned, for the end. */
    List<AuditEvent> rest() {
        List<AuditEvent> sums = since(nanos.getAsLong());
        sums.addAll(registrations.rest());
        return sums;
    }

    private List<AuditEvent> since(long latest) {
        List<AuditEvent> sums = new ArrayList<>();
        windows.forEach((key, window) -> {
            synchronized (window) {
                if (window.more > 0 && window.moreSince - latest <= 0) {
                    sums.add(sum(key, window.more));
                    window.more = 0;
                }
            }
        });
        return sums;
    }

    private AuditEvent sum(Key key, long more) {
        return AuditEvent.of(clock.instant(), Kind.SUMMED_UP)
                .in(key.namespace)
                .with("of", key.kind.word())
                .with("reason", key.reason)
                .with("more", more);
    }
}
