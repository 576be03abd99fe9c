package io.rollcall.server.watch;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.Step;
import java.util.Iterator;
import java.util.List;

/** One watcher's stream, each method a message. Used by one thread at a time; never waits. */
interface Outlet {

    /** Whether the watcher takes in what it was sent; while it does not, nothing more is sent. */
    boolean isReady();

    /** What the watcher holds does not lead to what follows: a snapshot of {@code next}. */
    void resync(String reason, NamespaceState next);

    /** Takes as many nodes as fit from {@code rest}; with the last of them the snapshot is complete. */
    void snapshot(NamespaceState of, Iterator<Node> rest);

    /**
     * Sends as many as fit, from the first on.
     *
     * @param steps at least one
     * @return the last one sent
     */
    Step changes(List<Step> steps);

    /** Nothing happened up to the revision of {@code now}. */
    void progress(NamespaceState now);

    /** Ends the stream. */
    void refuse(RefusedException why);
}
