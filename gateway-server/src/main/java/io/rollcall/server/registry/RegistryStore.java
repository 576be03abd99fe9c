package io.rollcall.server.registry;

import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Stores the registry's changes. Used by one gateway, from one thread at a time: first the one that opens the registry,
 * then its writer.
 */
public interface RegistryStore extends AutoCloseable {
    /** How many of the latest log entries of a namespace are kept for watchers that resume (W1). */
    int HELD_ENTRIES = 4096;

    /** Limit of their total size; the oldest are dropped first. */
    long HELD_BYTES = 8 << 20;

    /** Returns the id created with the store. Revisions compare only within one id. */
    String registryId();

    /**
     * Returns the branch of the commits from now on: created at each opening, never 0. It is stored in the same commit
     * as its first revision, so no branch that a crash could lose is ever sent.
     */
    long branch();

    /**
     * Returns the committed state by namespace, whether served or not; a missing namespace is empty.
     *
     * @throws IOException if it cannot be read or is corrupt (D3); the message says what to do
     */
    Map<NamespaceName, StoredNamespace> load() throws IOException;

    /**
     * Makes the batch durable, all or nothing. Returns once it is.
     *
     * @throws IOException if it could not. The batch has no effect then, and the next one starts from the same state
     */
    void commit(List<NamespaceChanges> batch) throws IOException;

    /**
     * Checks whether a commit would succeed, without changing anything.
     *
     * @throws IOException if it would not; the message says why
     */
    void probe() throws IOException;

    @Override
    void close();

    /**
     * The changes of a batch in one namespace.
     *
     * @param entries in the order of revisions; never empty
     * @param after the state after the changes
     */
    record NamespaceChanges(NamespaceName namespace, List<LogEntry> entries, NamespaceState after) {
        public NamespaceChanges {
            entries = List.copyOf(entries);
        }
    }

    /**
     * The stored state of one namespace.
     *
     * @param history the latest log entries up to the state: oldest first, without a gap
     */
    record StoredNamespace(NamespaceState state, List<LogEntry> history) {
        public StoredNamespace {
            history = List.copyOf(history);
        }
    }
}
