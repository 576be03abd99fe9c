package io.rollcall.server.health;

import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rollcall.server.config.Version;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * What the gateway measures of itself. Namespaces are read from the registry when somebody asks, so a change costs
 * nothing for it. Thread-safe.
 */
public final class GatewayMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final Registry registry;
    private final List<OfNamespaces> ofNamespaces;

    public GatewayMetrics(Registry registry) {
        this.registry = registry;
        this.ofNamespaces = List.of(
                gauge(
                        "rollcall.nodes.active",
                        "Nodes heard from lately",
                        state -> state.liveCount() - state.suspected()),
                gauge(
                        "rollcall.nodes.suspected",
                        "Nodes silent for too long whose lease runs",
                        NamespaceState::suspected),
                gauge("rollcall.nodes.failed", "Nodes whose lease expired, on view", NamespaceState::failed),
                gauge("rollcall.revision", "Changes of the namespace so far", NamespaceState::revision),
                gauge("rollcall.epoch", "Which founding this is", state -> state.bootstrap()
                        .epoch()),
                gauge("rollcall.term", "Raft term on record", state -> state.leader()
                        .term()),
                gauge("rollcall.leader", "Node on record as leader; 0: none", GatewayMetrics::leader));
        Gauge.builder(
                        "rollcall.store.writable",
                        registry,
                        it -> it.storeHealth().isWritable() ? 1 : 0)
                .description("1: changes can be made durable; 0: they are refused")
                .register(meters);
        Gauge.builder("rollcall.info", () -> 1)
                .description("The running version")
                .tags("version", Version.current(), "registry", registry.id())
                .register(meters);
        garbage.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
    }

    /** To be given to the endpoint that serves them. */
    public CallMetrics callsOf(Collection<ServerServiceDefinition> services, LongSupplier nanos) {
        return new CallMetrics(meters, services, nanos);
    }

    /** Everything, in Prometheus' text format. */
    public String scrape() {
        ofNamespaces.forEach(OfNamespaces::read);
        return meters.scrape();
    }

    private OfNamespaces gauge(String name, String description, ToDoubleFunction<NamespaceState> value) {
        return new OfNamespaces(
                MultiGauge.builder(name).description(description).register(meters), value);
    }

    private static double leader(NamespaceState state) {
        return state.leaderNode().map(node -> node.id().value()).orElse(0);
    }

    /** One figure of each namespace that is served. */
    private final class OfNamespaces {
        private final MultiGauge gauge;
        private final ToDoubleFunction<NamespaceState> value;

        OfNamespaces(MultiGauge gauge, ToDoubleFunction<NamespaceState> value) {
            this.gauge = gauge;
            this.value = value;
        }

        void read() {
            gauge.register(registry.all().stream().map(this::row).toList(), true);
        }

        private Row<?> row(NamespaceRegistry namespace) {
            return Row.of(Tags.of("namespace", namespace.name().value()), value.applyAsDouble(namespace.state()));
        }
    }

    @Override
    public void close() {
        garbage.close();
        meters.close();
    }
}
