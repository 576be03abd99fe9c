package io.rollcall.server.watch;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import java.util.List;
import java.util.OptionalInt;

/** One watcher's stream; each method sends a message. Used by one thread at a time; never waits. */
interface WatchSink {

    /** Returns whether everything sent has left; until then no more messages are built for the watcher. */
    boolean isReady();

    /** Announces a snapshot of {@code next}, because the watcher's state cannot be continued. */
    void resync(String reason, NamespaceState next);

    /**
     * Sends as many nodes as fit, in the order of their ids; the snapshot is complete with the last node. The first
     * message of a stream may have none.
     *
     * @param after the id of the last node sent before; 0: none
     * @return the id of the last node sent now; empty: the snapshot is complete
     */
    OptionalInt snapshot(NamespaceState of, int after);

    /**
     * Sends as many changes as fit, from the first on.
     *
     * @param entries at least one
     * @return the last entry sent
     */
    LogEntry changes(List<LogEntry> entries);

    /** Reports that nothing happened up to the revision of {@code now}. */
    void progress(NamespaceState now);

    /** Ends the stream. */
    void refuse(RefusedException why);
}
