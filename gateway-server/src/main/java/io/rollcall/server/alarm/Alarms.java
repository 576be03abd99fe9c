package io.rollcall.server.alarm;

import io.rollcall.server.namespace.NamespaceName;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current alarms. Each is logged when it is raised, changed and cleared. Thread-safe; listeners must return at
 * once.
 */
public final class Alarms {
    private static final Logger log = LoggerFactory.getLogger(Alarms.class);

    private final Map<Alarm.Subject, Alarm> current = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Consumer<Optional<NamespaceName>> onChange;

    /**
     * @param onChange called with the namespace whose alarms changed, on the changing thread; empty: the gateway as a
     *     whole
     */
    public Alarms(Clock clock, Consumer<Optional<NamespaceName>> onChange) {
        this.clock = clock;
        this.onChange = onChange;
    }

    /**
     * Raises an alarm, or updates the texts of one that is raised, which keeps its start.
     *
     * @return false if it was raised with the same texts already
     */
    public synchronized boolean raise(Alarm.Subject subject, String what, String consequence, String remedy) {
        Alarm before = current.get(subject);
        Alarm now = new Alarm(subject, what, consequence, remedy, before == null ? clock.instant() : before.since());
        if (now.equals(before)) {
            return false;
        }
        current.put(subject, now);
        log.warn("{}: {}; {}: {}", name(subject), what, consequence, remedy);
        onChange.accept(subject.namespace());
        return true;
    }

    /**
     * Clears an alarm.
     *
     * @return false if there was none
     */
    public synchronized boolean clear(Alarm.Subject subject) {
        Alarm over = current.remove(subject);
        if (over == null) {
            return false;
        }
        log.info("{}: all is well again (before: {})", name(subject), over.what());
        onChange.accept(subject.namespace());
        return true;
    }

    /** The alarms of a namespace, or, if empty, of the gateway as a whole. */
    public List<Alarm> about(Optional<NamespaceName> namespace) {
        return current.values().stream()
                .filter(alarm -> alarm.subject().namespace().equals(namespace))
                .toList();
    }

    /** All alarms, in no order. */
    public List<Alarm> all() {
        return List.copyOf(current.values());
    }

    private static String name(Alarm.Subject subject) {
        return subject.namespace().map(NamespaceName::value).orElse("gateway");
    }
}
