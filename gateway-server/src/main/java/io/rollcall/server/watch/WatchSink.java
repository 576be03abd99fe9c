package io.rollcall.server.watch;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import java.util.List;
import java.util.OptionalInt;

/** One watcher's stream, each method a message. Used by one thread at a time; never waits. */
interface WatchSink {

    /** Whether all that was sent has left; until then nothing more is made for the watcher. */
    boolean isReady();

    /** What the watcher holds does not lead to what follows: a snapshot of {@code next}. */
    void resync(String reason, NamespaceState next);

    /**
     * Sends as many nodes as fit, in the order of their ids; with the last of them the snapshot is complete. The first
     * message of a stream may have none.
     *
     * @param after the id of the last one sent before; 0: none was
     * @return the id of the last one sent now; empty: the snapshot is complete
     */
    OptionalInt snapshot(NamespaceState of, int after);

    /**
     * Sends as many as fit, from the first on.
     *
     * @param entries at least one
     * @return the last one sent
     */
    LogEntry changes(List<LogEntry> entries);

    /** Nothing happened up to the revision of {@code now}. */
    void progress(NamespaceState now);

    /** Ends the stream. */
    void refuse(RefusedException why);
}
