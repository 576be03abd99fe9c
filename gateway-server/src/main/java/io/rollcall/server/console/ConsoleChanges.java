package io.rollcall.server.console;

import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.ConsoleBackend.Subscription;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Notifies the console of namespaces that changed. Listens to the registry before the console exists. Thread-safe. */
public final class ConsoleChanges implements RegistryListener {
    private final Set<Consumer<String>> listeners = ConcurrentHashMap.newKeySet();

    @Override
    public void begin(NamespaceName namespace, NamespaceState state, List<LogEntry> history) {
        tell(namespace.value());
    }

    @Override
    public void end(NamespaceName namespace) {
        tell(namespace.value());
    }

    /** Reports that the alarms of a namespace, or of the gateway as a whole, changed. */
    public void alarms(Optional<NamespaceName> namespace) {
        tell(namespace.map(NamespaceName::value).orElse(ConsoleBackend.GATEWAY));
    }

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<LogEntry> entries) {
        tell(namespace.value());
    }

    private void tell(String whose) {
        listeners.forEach(listener -> listener.accept(whose));
    }

    Subscription subscribe(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
