package io.rollcall.server.registry;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The registries of all namespaces, over one store and one writer. Thread-safe.
 *
 * <p>A change goes one way: {@link Command decide} → {@link Journal record} → {@link RegistryStore commit} → apply → {@link RegistryListener
 * publish} → reply. See {@link RegistryWriter}.
 */
public final class Registry implements AutoCloseable {
    private final String id;
    private final SortedMap<NamespaceName, NamespaceRegistry> namespaces;
    private final RegistryWriter writer;

    private Registry(String id, SortedMap<NamespaceName, NamespaceRegistry> namespaces, RegistryWriter writer) {
        this.id = id;
        this.namespaces = namespaces;
        this.writer = writer;
    }

    /** As {@link #open(RegistryStore, Journal, Collection, List, Clock, LongSupplier)}, without a record. */
    public static Registry open(
            RegistryStore store,
            Collection<NamespaceName> names,
            List<RegistryListener> listeners,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        return open(store, Journal.NONE, names, listeners, clock, nanos);
    }

    /**
     * Reads the store, tells the listeners of what is there, and starts the writer.
     *
     * @param store still its opener's to close, after the registry
     * @param journal where each change is put on record first
     * @param clock for what is shown
     * @param nanos the monotonic clock
     * @throws IOException if the store cannot be read
     */
    public static Registry open(
            RegistryStore store,
            Journal journal,
            Collection<NamespaceName> names,
            List<RegistryListener> listeners,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        Map<NamespaceName, StoredNamespace> stored = store.load();
        RegistryWriter writer = new RegistryWriter(store, journal, listeners, new StoreHealth(clock, nanos));
        SortedMap<NamespaceName, NamespaceRegistry> namespaces = new TreeMap<>();
        for (NamespaceName name : names) {
            StoredNamespace namespace = stored.get(name);
            NamespaceState state = namespace == null ? NamespaceState.empty(clock.instant()) : namespace.state();
            List<Step> history = namespace == null ? List.of() : namespace.history();
            listeners.forEach(listener -> listener.begin(name, state, history));
            namespaces.put(name, new NamespaceRegistry(name, state, writer::wake));
        }
        writer.start();
        return new Registry(store.registryId(), Collections.unmodifiableSortedMap(namespaces), writer);
    }

    /** See {@link RegistryStore#registryId}. */
    public String id() {
        return id;
    }

    /** All namespaces, ordered by name. */
    public Collection<NamespaceRegistry> all() {
        return namespaces.values();
    }

    public Optional<NamespaceRegistry> find(NamespaceName name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    /**
     * The namespace of an authenticated caller.
     *
     * @throws io.rollcall.server.failure.RefusedException if it is no longer served
     */
    public NamespaceRegistry of(NamespaceName name) {
        NamespaceRegistry namespace = namespaces.get(name);
        if (namespace == null) {
            throw Refusal.NOT_PERMITTED.because("namespace: not served by this gateway");
        }
        return namespace;
    }

    /** How the store does: whether changes can be made durable now. */
    public StoreHealth storeHealth() {
        return writer.health();
    }

    /** Decides and commits what is waiting, then refuses what comes later. Waits for the writer, but not for ever. */
    @Override
    public void close() {
        writer.close();
    }
}
