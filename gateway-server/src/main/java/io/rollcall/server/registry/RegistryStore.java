package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Where the registry's changes are kept. One gateway uses it, from one thread at a time: whoever opens the registry,
 * then its writer.
 */
public interface RegistryStore extends AutoCloseable {
    /** How many log entries of a namespace are kept for watchers that come back (W1): the latest. */
    int HELD_ENTRIES = 4096;

    /** How much they may be together; the oldest go first. */
    long HELD_BYTES = 8 << 20;

    /** Made with the store: revisions compare only within one such id. */
    String registryId();

    /**
     * Made at each opening and not 0: the branch of what is committed from now on. It is stored with the first revision
     * under it, in the same commit; so none is ever told that a crash could take back.
     */
    long branch();

    /**
     * What was committed before, by namespace, whether it is served now or not; one that is missing is empty.
     *
     * @throws IOException if it cannot be read, or is not what was written (D3); the message says what to do
     */
    Map<NamespaceName, StoredNamespace> load() throws IOException;

    /**
     * Makes all of it durable, or nothing. Returns once it is.
     *
     * @throws IOException if it could not. Nothing of the batch counts then, and the next one begins where this did
     */
    void commit(List<NamespaceChanges> batch) throws IOException;

    /**
     * Finds out whether a commit would go through, without changing anything.
     *
     * @throws IOException if it would not; the message says why
     */
    void probe() throws IOException;

    @Override
    void close();

    /**
     * What a batch changes in one namespace.
     *
     * @param entries in the order of revisions; never empty
     * @param after the state once they have happened
     */
    record NamespaceChanges(NamespaceName namespace, List<LogEntry> entries, NamespaceState after) {
        public NamespaceChanges {
            entries = List.copyOf(entries);
        }
    }

    /**
     * What the store has of one namespace.
     *
     * @param history the latest log entries up to the state: oldest first, without a gap
     */
    record StoredNamespace(NamespaceState state, List<LogEntry> history) {
        public StoredNamespace {
            history = List.copyOf(history);
        }
    }
}
