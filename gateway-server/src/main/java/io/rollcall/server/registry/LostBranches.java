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
 * Notices clients that hold what this registry does not have: a sign that its files were put back to an earlier moment.
 * Only a client can tell, and a client may lie; so the alarm is its own namespace's, says who told, and is raised once
 * for as long as such clients come. Thread-safe.
 */
public final class LostBranches {
    /** After the last such client. */
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
     * Whether what a client holds is part of the namespace's history, and raises the alarm if it should be.
     *
     * @param branch as it was told; 0: it was told none, and is believed
     * @param revision of this registry's id
     */
    public boolean isOurs(NamespaceName namespace, NamespaceState state, long branch, long revision, Caller caller) {
        if (branch == 0 || state.has(branch, revision)) {
            return true;
        }
        // Branches of revisions that are held no more are forgotten; nothing follows from those.
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

    /** Ends the alarms that nobody has given reason for lately. Call it now and then. */
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
