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
 * Adds up what happens too often to have a line each: of one kind, reason and namespace so many a second stand by
 * themselves, and one line tells how many more there were. So a caller who is refused a million times fills no disk and
 * hides nobody else's line.
 *
 * <p>Thread-safe; waits for nobody longer than it takes to count. There are as many counters as namespaces times reasons,
 * since a namespace is only known of an accepted certificate.
 */
final class Sums {
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<Key, Window> windows = new ConcurrentHashMap<>();
    private final Clock clock;
    private final LongSupplier nanos;

    Sums(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    private record Key(Kind kind, @Nullable NamespaceName namespace, String reason) {}

    private static final class Window {
        private long begin;
        private int single;
        private long more;
    }

    /**
     * Whether this one may have a line of its own; otherwise it has been counted.
     *
     * @param namespace null: not known
     * @param reason a word of a closed list
     * @param mostInASecond lines of their own
     */
    boolean admits(Kind kind, @Nullable NamespaceName namespace, String reason, int mostInASecond) {
        long now = nanos.getAsLong();
        Window window = windows.computeIfAbsent(new Key(kind, namespace, reason), key -> begin(now));
        synchronized (window) {
            if (window.more == 0 && now - window.begin >= WINDOW_NANOS) {
                window.begin = now;
                window.single = 0;
            }
            if (window.single < mostInASecond) {
                window.single++;
                return true;
            }
            window.more++;
            return false;
        }
    }

    private static Window begin(long now) {
        Window window = new Window();
        window.begin = now;
        return window;
    }

    /** The sums of the seconds that are over; each is told once. */
    List<AuditEvent> over() {
        long now = nanos.getAsLong();
        List<AuditEvent> sums = new ArrayList<>();
        windows.forEach((key, window) -> {
            synchronized (window) {
                if (window.more > 0 && now - window.begin >= WINDOW_NANOS) {
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
