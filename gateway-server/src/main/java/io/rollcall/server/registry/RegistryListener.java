package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.util.List;

/** Receives the initial state and every committed change, for each namespace in the order of revisions. */
public interface RegistryListener {

    /**
     * Called when a namespace starts being served, before its first change.
     *
     * @param state as loaded from the store
     * @param history the held log entries up to the state: oldest first, without a gap
     */
    default void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {}

    /**
     * Called when a namespace is no longer served; it may begin again. A batch in flight may still be reported after
     * this and must be ignored.
     */
    default void end(NamespaceName namespace) {}

    /**
     * Called when a batch changed the namespace, on the writer's thread, after the state is visible to readers and
     * before any caller is answered. Must return at once and must not throw.
     */
    void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries);
}
