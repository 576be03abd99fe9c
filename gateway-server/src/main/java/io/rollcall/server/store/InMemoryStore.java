package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryStore;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps the registry in memory only: each start is a new registry with a new id. */
public final class InMemoryStore implements RegistryStore {
    private final String registryId;
    private final long branch;
    private final Map<NamespaceName, Kept> namespaces = new HashMap<>();

    public InMemoryStore(SecureRandom random) {
        registryId = RegistryIds.fresh(random);
        branch = RegistryIds.branch(random);
    }

    /** One namespace; states and log entries are shared with the registry, so they cost only references. */
    private static final class Kept {
        private final Deque<LogEntry> history = new ArrayDeque<>();
        private final HeldEntries held = new HeldEntries();
        private @Nullable NamespaceState state;

        void add(NamespaceChanges changes) {
            state = changes.after();
            history.addAll(changes.entries());
            long from = held.add(changes.entries(), LogEntry::heldBytes);
            while (!history.isEmpty() && history.getFirst().revision() < from) {
                history.removeFirst();
            }
        }

        StoredNamespace stored() {
            return new StoredNamespace(Objects.requireNonNull(state), List.copyOf(history));
        }
    }

    @Override
    public String registryId() {
        return registryId;
    }

    @Override
    public long branch() {
        return branch;
    }

    @Override
    public Map<NamespaceName, StoredNamespace> load() {
        return namespaces.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .stored()));
    }

    @Override
    public void commit(List<NamespaceChanges> batch) {
        batch.forEach(changes -> namespaces
                .computeIfAbsent(changes.namespace(), name -> new Kept())
                .add(changes));
    }

    @Override
    public void probe() {
        // Memory is always writable.
    }

    @Override
    public void close() {
        // No resources to release.
    }
}
