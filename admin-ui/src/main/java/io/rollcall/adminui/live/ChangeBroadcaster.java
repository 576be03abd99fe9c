package io.rollcall.adminui.live;

import com.github.benmanes.caffeine.cache.Ticker;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import io.rollcall.adminui.ThreadWatch;
import io.rollcall.adminui.signin.Session;
import io.rollcall.adminui.signin.Sessions;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies streams that something changed, without the change itself.
 *
 * <pre>
 *  writer's thread ──name──► changed (a set) ──each tick──► one event a stream ──► its one slot ──► browser
 *    returns at once                          this thread                           never waits
 * </pre>
 *
 * <p>One thread owns the ticks; any thread may admit streams or report changes.
 */
public final class ChangeBroadcaster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ChangeBroadcaster.class);
    private static final int NAMES_IN_AN_EVENT = 50;

    private final ConsoleBackend backend;
    private final Sessions sessions;
    private final LiveTimings timings;
    private final ThreadWatch watch;
    private final Ticker ticker = Ticker.systemTicker();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicLong tick = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread one = new Thread(work, "console-live");
        one.setDaemon(true);
        return one;
    });
    private final ConsoleBackend.Subscription subscription;
    private final ScheduledFuture<?> ticking;
    private long lastAge;
    private long lastPing;

    /** @param watch receives events of the thread that ticks */
    public ChangeBroadcaster(ConsoleBackend backend, Sessions sessions, LiveTimings timings, ThreadWatch watch) {
        this.backend = backend;
        this.sessions = sessions;
        this.timings = timings;
        this.watch = watch;
        this.lastAge = ticker.read();
        this.lastPing = lastAge;
        this.subscription = backend.onChange(changed::add);
        long every = timings.tick().toNanos();
        this.ticking = thread.scheduleWithFixedDelay(this::tickSafely, every, every, TimeUnit.NANOSECONDS);
    }

    /** Returns the number of ticks that notified streams. */
    public long tick() {
        return tick.get();
    }

    /** Adds a stream and sends it the current revision; empty if the limit of streams is reached. */
    synchronized Optional<EventStream> admit(Session session, Optional<String> namespace) {
        if (streams.size() >= timings.streams()) {
            return Optional.empty();
        }
        EventStream stream = new EventStream(session, namespace, streams::remove);
        streams.add(stream);
        stream.offer(SseEvents.event("hello", revision(backend.namespaces(), namespace)));
        return Optional.of(stream);
    }

    private void tickSafely() {
        watch.cameRound();
        try {
            tickOnce();
        } catch (RuntimeException | Error e) {
            watch.failed(e);
            // A scheduled task that throws never runs again, and no page would be updated.
            log.error("Could not tell the console's pages about changes; trying again", e);
        }
    }

    private void tickOnce() {
        streams.stream().filter(stream -> !sessions.isLive(stream.session())).forEach(EventStream::end);
        long now = ticker.read();
        boolean aged = now - lastAge >= timings.age().toNanos();
        Set<String> names = takeChanged();
        if (aged) {
            lastAge = now;
        }
        if (aged || !names.isEmpty()) {
            // Before any stream is notified: pages rendered under the new number contain these changes.
            tick.incrementAndGet();
            broadcast(names, aged);
        }
        if (now - lastPing >= timings.ping().toNanos()) {
            lastPing = now;
            streams.forEach(EventStream::ping);
        }
    }

    private void broadcast(Set<String> names, boolean aged) {
        if (streams.isEmpty()) {
            return;
        }
        List<NamespaceSummary> namespaces = backend.namespaces();
        for (EventStream stream : streams) {
            Optional<String> only = stream.namespace();
            boolean touched = only.isPresent() ? names.contains(only.get()) : !names.isEmpty();
            long revision = revision(namespaces, only);
            if (touched) {
                List<String> which = only.map(List::of)
                        .orElseGet(() ->
                                names.stream().sorted().limit(NAMES_IN_AN_EVENT).toList());
                stream.offer(SseEvents.changed(which, revision));
            } else if (aged && hasNodes(namespaces, only)) {
                stream.offer(SseEvents.event("age", revision));
            }
        }
    }

    /** Removes each name before its revision is read, so a change in between is reported again. */
    private Set<String> takeChanged() {
        Set<String> names = new HashSet<>();
        for (Iterator<String> each = changed.iterator(); each.hasNext(); ) {
            names.add(each.next());
            each.remove();
        }
        return names;
    }

    private static long revision(List<NamespaceSummary> namespaces, Optional<String> only) {
        return namespaces.stream()
                .filter(one -> only.isEmpty() || only.get().equals(one.name()))
                .mapToLong(NamespaceSummary::revision)
                .sum();
    }

    private static boolean hasNodes(List<NamespaceSummary> namespaces, Optional<String> only) {
        return namespaces.stream()
                .filter(one -> only.isEmpty() || only.get().equals(one.name()))
                .anyMatch(one -> one.active() + one.suspected() + one.failed() > 0);
    }

    @Override
    public void close() {
        subscription.close();
        ticking.cancel(false);
        thread.shutdown();
        streams.forEach(EventStream::end);
    }
}
