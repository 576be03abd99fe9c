package io.rollcall.adminui;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A gateway that cannot say anything about one namespace. */
final class BrokenBackend implements ConsoleBackend {

    @Override
    public GatewayView gateway() {
        return new GatewayView("0.1.0-test", "localhost:8090", Instant.now(), Duration.ZERO, List.of());
    }

    @Override
    public List<NamespaceSummary> namespaces() {
        return List.of();
    }

    @Override
    public Optional<NamespaceDetail> namespace(String name) {
        throw new IllegalStateException("broken on purpose");
    }

    @Override
    public String metrics() {
        return "";
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public Subscription onChange(Consumer<String> listener) {
        return () -> {};
    }
}
