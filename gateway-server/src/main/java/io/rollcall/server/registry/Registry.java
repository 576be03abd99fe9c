package io.rollcall.server.registry;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import io.rollcall.server.watchdog.CheckIn;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The registries of all namespaces, over one store and one writer. Thread-safe.
 *
 * <p>A change goes one way: {@link Command decide} → {@link AuditSink record} → {@link RegistryStore commit} → apply →
 * {@link RegistryListener publish} → reply. See {@link RegistryWriter}.
 */
public final class Registry implements AutoCloseable {
    private final String id;
    private final long branch;
    private final RegistryWriter writer;
    private final List<RegistryListener> listeners;
    private final Clock clock;
    /** Includes stored namespaces that are not served; guarded by this. */
    private final Map<NamespaceName, NamespaceRegistry> known = new HashMap<>();
    /** Replaced, never changed. */
    private volatile SortedMap<NamespaceName, NamespaceRegistry> served = Collections.emptySortedMap();

    private Registry(String id, long branch, RegistryWriter writer, List<RegistryListener> listeners, Clock clock) {
        this.id = id;
        this.branch = branch;
        this.writer = writer;
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
    }

    /** As {@link #open(RegistryStore, AuditSink, Collection, List, Clock, LongSupplier)}, without an audit log. */
    public static Registry open(
            RegistryStore store,
            Collection<NamespaceName> names,
            List<RegistryListener> listeners,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        return open(store, AuditSink.NONE, names, listeners, clock, nanos);
    }

    /**
     * Reads the store, passes its content to the listeners, and starts the writer.
     *
     * @param store closed by the caller, after the registry
     * @param audit records each change before its commit
     * @param clock for displayed times
     * @param nanos the monotonic clock
     * @throws IOException if the store cannot be read
     */
    public static Registry open(
            RegistryStore store,
            AuditSink audit,
            Collection<NamespaceName> names,
            List<RegistryListener> listeners,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        Map<NamespaceName, StoredNamespace> stored = store.load();
        RegistryWriter writer = new RegistryWriter(store, audit, listeners, new StoreHealth(clock, nanos));
        Registry registry = new Registry(store.registryId(), store.branch(), writer, listeners, clock);
        stored.forEach((name, namespace) -> registry.known.put(
                name, new NamespaceRegistry(name, namespace.state().startedAs(store.branch()), writer::wake)));
        names.forEach(name -> registry.serve(
                name,
                Optional.ofNullable(stored.get(name))
                        .map(StoredNamespace::history)
                        .orElse(List.of())));
        writer.start();
        return registry;
    }

    /**
     * Starts serving a namespace with its known state; no effect if it is already served. Its watchers begin with a
     * snapshot.
     */
    public void serve(NamespaceName name) {
        serve(name, List.of());
    }

    private synchronized void serve(NamespaceName name, List<LogEntry> history) {
        if (served.containsKey(name)) {
            return;
        }
        NamespaceRegistry namespace = known.computeIfAbsent(
                name,
                absent -> new NamespaceRegistry(
                        absent, NamespaceState.empty(clock.instant()).startedAs(branch), writer::wake));
        listeners.forEach(listener -> listener.begin(name, namespace.state(), history));
        SortedMap<NamespaceName, NamespaceRegistry> more = new TreeMap<>(served);
        more.put(name, namespace);
        served = Collections.unmodifiableSortedMap(more);
    }

    /**
     * Stops serving a namespace. Its state is kept in memory and in the store, and is used when it is served again.
     * Commands in flight are still executed.
     */
    public synchronized void unserve(NamespaceName name) {
        SortedMap<NamespaceName, NamespaceRegistry> fewer = new TreeMap<>(served);
        if (fewer.remove(name) != null) {
            served = Collections.unmodifiableSortedMap(fewer);
            listeners.forEach(listener -> listener.end(name));
        }
    }

    /** Returns {@link RegistryStore#registryId}. */
    public String id() {
        return id;
    }

    /** Returns all namespaces served now, ordered by name. */
    public Collection<NamespaceRegistry> all() {
        return served.values();
    }

    public Optional<NamespaceRegistry> find(NamespaceName name) {
        return Optional.ofNullable(served.get(name));
    }

    /**
     * Returns the namespace of an authenticated caller.
     *
     * @throws io.rollcall.server.failure.RefusedException if it is no longer served
     */
    public NamespaceRegistry of(NamespaceName name) {
        NamespaceRegistry namespace = served.get(name);
        if (namespace == null) {
            throw Refusal.NOT_PERMITTED.because("namespace: not served by this gateway");
        }
        return namespace;
    }

    /** Returns the store's health: whether changes can be made durable now. */
    public StoreHealth storeHealth() {
        return writer.health();
    }

    /** Returns the check-in of the writer's thread. */
    public CheckIn checkIn() {
        return writer.checkIn();
    }

    /** Executes the waiting commands and refuses later ones. Waits for the writer for a bounded time. */
    @Override
    public void close() {
        writer.close();
    }
}
