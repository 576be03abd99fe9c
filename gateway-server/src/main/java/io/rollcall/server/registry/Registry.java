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
    /** Also those that the store has and nobody may call; guarded by this. */
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

    /** As {@link #open(RegistryStore, AuditSink, Collection, List, Clock, LongSupplier)}, without a record. */
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
     * Reads the store, tells the listeners of what is there, and starts the writer.
     *
     * @param store still its opener's to close, after the registry
     * @param audit where each change is put on record first
     * @param clock for what is shown
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
     * Serves a namespace from now on, with what is known of it; harmless where it is served already. Its watchers begin
     * with a snapshot.
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
     * Serves a namespace no more. What is known of it stays, here and in the store, and is there again when it is
     * served again. A command that is on its way still goes through.
     */
    public synchronized void unserve(NamespaceName name) {
        SortedMap<NamespaceName, NamespaceRegistry> fewer = new TreeMap<>(served);
        if (fewer.remove(name) != null) {
            served = Collections.unmodifiableSortedMap(fewer);
            listeners.forEach(listener -> listener.end(name));
        }
    }

    /** See {@link RegistryStore#registryId}. */
    public String id() {
        return id;
    }

    /** All namespaces that are served now, ordered by name. */
    public Collection<NamespaceRegistry> all() {
        return served.values();
    }

    public Optional<NamespaceRegistry> find(NamespaceName name) {
        return Optional.ofNullable(served.get(name));
    }

    /**
     * The namespace of an authenticated caller.
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

    /** How the store does: whether changes can be made durable now. */
    public StoreHealth storeHealth() {
        return writer.health();
    }

    /** The writer's thread. */
    public CheckIn checkIn() {
        return writer.checkIn();
    }

    /** Decides and commits what is waiting, then refuses what comes later. Waits for the writer, but not for ever. */
    @Override
    public void close() {
        writer.close();
    }
}
