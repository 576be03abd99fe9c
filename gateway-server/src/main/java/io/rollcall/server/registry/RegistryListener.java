package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.util.List;

/** Hears of what is there at the start, and of what was committed since: each namespace in the order of revisions. */
public interface RegistryListener {

    /**
     * A namespace is served from now on. Called before its first change.
     *
     * @param state as the store had it
     * @param history the log entries that led there, as far as they are held: oldest first, without a gap
     */
    default void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {}

    /**
     * A namespace is served no more; it may begin again. A batch that was under way may still be told after this, and
     * counts for nothing then.
     */
    default void end(NamespaceName namespace) {}

    /**
     * A batch changed the namespace. Called on the writer's thread, after the state is visible to readers and before
     * any caller is answered. Must return at once and must not throw.
     */
    void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries);
}
