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
 * The alarms of the moment. Each is logged when it begins, when it changes and when it is over. Thread-safe; listeners
 * return at once.
 */
public final class Alarms {
    private static final Logger log = LoggerFactory.getLogger(Alarms.class);

    private final Map<Alarm.Subject, Alarm> current = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Consumer<Optional<NamespaceName>> onChange;

    /** @param onChange told whose alarms changed, on the thread that did it; empty: the gateway's own */
    public Alarms(Clock clock, Consumer<Optional<NamespaceName>> onChange) {
        this.clock = clock;
        this.onChange = onChange;
    }

    /**
     * Raises an alarm, or says something else in one that goes on; its begin stays then.
     *
     * @return false where all of it was said already
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
     * It is well again.
     *
     * @return false where it was all the time
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

    /** Those about a namespace, or, where that is empty, about the gateway as a whole. */
    public List<Alarm> about(Optional<NamespaceName> namespace) {
        return current.values().stream()
                .filter(alarm -> alarm.subject().namespace().equals(namespace))
                .toList();
    }

    /** All of them, in no order. */
    public List<Alarm> all() {
        return List.copyOf(current.values());
    }

    private static String name(Alarm.Subject subject) {
        return subject.namespace().map(NamespaceName::value).orElse("gateway");
    }
}
