package io.rollcall.server.console;

import io.rollcall.adminui.ConsoleBackend.Subscription;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.Step;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Tells the console which namespace changed. Listens to the registry from before there is a console. Thread-safe. */
public final class ConsoleChanges implements RegistryListener {
    private final Set<Consumer<String>> listeners = ConcurrentHashMap.newKeySet();

    @Override
    public void committed(NamespaceName namespace, NamespaceState after, List<Step> steps) {
        listeners.forEach(listener -> listener.accept(namespace.value()));
    }

    Subscription subscribe(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
