package io.rollcall.server.registry;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Detects clients that hold revisions this registry never had: a sign that its files were restored to an earlier state.
 * Clients may lie, so the alarm belongs to the client's namespace, names the client, and is raised once while such
 * clients appear. Thread-safe.
 */
public final class LostBranches {
    /** Duration of the alarm after the last such client. */
    private static final Duration LASTS = Duration.ofHours(1);

    private final Alarms alarms;
    private final LongSupplier nanos;
    private final Map<NamespaceName, Long> lastTold = new ConcurrentHashMap<>();

    /** @param nanos the monotonic clock */
    public LostBranches(Alarms alarms, LongSupplier nanos) {
        this.alarms = alarms;
        this.nanos = nanos;
    }

    /**
     * Returns whether a client's revision is part of the namespace's history. Raises the alarm if it should be but is
     * not.
     *
     * @param branch as sent to the client; 0: none was sent, and the client is believed
     * @param revision under this registry's id
     */
    public boolean isOurs(NamespaceName namespace, NamespaceState state, long branch, long revision, Caller caller) {
        if (branch == 0 || state.has(branch, revision)) {
            return true;
        }
        // Branches of revisions no longer held are dropped, so an unknown one proves nothing.
        if (revision >= state.revision() - RegistryStore.HELD_ENTRIES
                && lastTold.put(namespace, nanos.getAsLong()) == null) {
            alarms.raise(
                    subject(namespace),
                    caller + " holds revision " + revision + ", which this registry never had",
                    "such clients are sent a snapshot; if the store was put back to an earlier moment, what was"
                            + " acknowledged since is lost",
                    "put back only copies made by scripts/backup; if nothing was put back, look at that client");
        }
        return false;
    }

    /** Ends alarms without a recent cause. Call it periodically. */
    public void expire() {
        long now = nanos.getAsLong();
        lastTold.forEach((namespace, told) -> {
            if (now - told > LASTS.toNanos() && lastTold.remove(namespace, told)) {
                alarms.clear(subject(namespace));
            }
        });
    }

    private static Alarm.Subject subject(NamespaceName namespace) {
        return Alarm.Subject.of(Alarm.Matter.WENT_BACK, namespace);
    }
}
