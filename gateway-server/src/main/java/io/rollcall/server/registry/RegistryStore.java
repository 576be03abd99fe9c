package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where the registry's changes are kept. One gateway uses it, from the writer's thread alone. */
public interface RegistryStore extends AutoCloseable {

    /** Made with the store: revisions compare only within one such id. */
    String registryId();

    /** What was committed before, by namespace; a namespace that is missing is empty. */
    Map<NamespaceName, NamespaceState> load() throws IOException;

    /**
     * Makes all of it durable, or nothing. Returns once it is.
     *
     * @throws IOException if it could not; nothing of the batch is then kept
     */
    void commit(List<NamespaceChanges> batch) throws IOException;

    @Override
    void close();

    /** What a batch changes in one namespace, in the order of revisions. Never empty. */
    record NamespaceChanges(NamespaceName namespace, List<Change> changes) {
        public NamespaceChanges {
            changes = List.copyOf(changes);
        }
    }
}
