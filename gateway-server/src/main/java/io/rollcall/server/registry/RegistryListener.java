package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.util.List;

/** Hears of what was committed: once for each namespace of a batch, in the order of revisions. */
public interface RegistryListener {

    /**
     * Called on the writer's thread, after the state is visible to readers and before any caller is answered. Must
     * return at once and must not throw.
     */
    void committed(NamespaceName namespace, NamespaceState after, List<Change> changes);
}
