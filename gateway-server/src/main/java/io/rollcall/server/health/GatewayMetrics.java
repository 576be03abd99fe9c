package io.rollcall.server.health;

import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.FunctionCounter;
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
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.Audit;
import io.rollcall.server.config.Version;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Registry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The gateway's metrics. Reads the namespaces from the registry on each scrape, so changes cost nothing. Thread-safe.
 */
public final class GatewayMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final Registry registry;
    private final List<OfNamespaces> ofNamespaces;
    private final Alarms alarms;
    private final MultiGauge alarmGauge;

    /**
     * @param policies provide the token keys
     * @param tokens counts signature checks
     * @param audit counts refusals and failed handshakes
     * @param alarms each is one sample while it lasts
     */
    public GatewayMetrics(
            Registry registry,
            Connections connections,
            TrustPolicies policies,
            TokenVerifier tokens,
            Audit audit,
            Alarms alarms) {
        this.registry = registry;
        this.alarms = alarms;
        this.alarmGauge = MultiGauge.builder("rollcall.alarm")
                .description("1: raised; see the log or the console. Namespace 'gateway': the gateway as a whole")
                .register(meters);
        this.ofNamespaces = List.of(
                gauge(
                        "rollcall.nodes.active",
                        "Nodes that sent a heartbeat recently",
                        state -> state.liveCount() - state.suspected()),
                gauge(
                        "rollcall.nodes.suspected",
                        "Nodes that missed heartbeats but whose lease has not expired",
                        NamespaceState::suspected),
                gauge("rollcall.nodes.failed", "Nodes whose lease expired, on view", NamespaceState::failed),
                new OfNamespaces(
                        "rollcall.connections", "Connections that are open", one -> connections.count(one.name())),
                new OfNamespaces(
                        "rollcall.token.keys",
                        "Keys of the key set that verify tokens",
                        one -> policies.usedKeys(one.name())),
                new OfNamespaces(
                        "rollcall.token.keys.passed.over",
                        "Keys of the key set that are not used; the log and the audit log say why",
                        one -> policies.passedOverKeys(one.name())),
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
        Gauge.builder("rollcall.audit.writable", audit, it -> it.isWritable() ? 1 : 0)
                .description("1: the audit log can be written; 0: changes are refused, other events are queued")
                .register(meters);
        Gauge.builder("rollcall.audit.lost", audit, Audit::lost)
                .description("Audit events dropped from the full queue whose number is not written yet")
                .register(meters);
        FunctionCounter.builder("rollcall.token.verifications", tokens, TokenVerifier::verifications)
                .description("Tokens whose signature was checked because they were in no cache")
                .register(meters);
        for (Refusal reason : Refusal.values()) {
            FunctionCounter.builder("rollcall.refusals", audit, it -> it.refusals(reason))
                    .description("Calls refused, by the reason sent to the caller")
                    .tag("reason", reason.name())
                    .register(meters);
        }
        for (HandshakeFailure.Reason reason : HandshakeFailure.Reason.values()) {
            FunctionCounter.builder("rollcall.handshake.failures", audit, it -> it.handshakeFailures(reason))
                    .description("Handshakes on the nodes' port that failed, by reason")
                    .tag("reason", reason.label())
                    .register(meters);
        }
        Gauge.builder("rollcall.memory.direct", DirectMemory::used)
                .description("Memory outside the heap that messages in transit hold")
                .baseUnit("bytes")
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

    /** Returns the call metrics, for the endpoint that serves the services. */
    public CallMetrics callsOf(Collection<ServerServiceDefinition> services, LongSupplier nanos) {
        return new CallMetrics(meters, services, nanos);
    }

    /** Returns all metrics in Prometheus' text format. */
    public String scrape() {
        ofNamespaces.forEach(OfNamespaces::read);
        alarmGauge.register(alarms.all().stream().map(GatewayMetrics::row).toList(), true);
        return meters.scrape();
    }

    private OfNamespaces gauge(String name, String description, ToDoubleFunction<NamespaceState> value) {
        return new OfNamespaces(name, description, namespace -> value.applyAsDouble(namespace.state()));
    }

    private static Row<?> row(Alarm alarm) {
        return Row.of(
                Tags.of(
                        "matter",
                        alarm.subject().matter().name().toLowerCase(Locale.ROOT),
                        "namespace",
                        alarm.subject().namespace().map(NamespaceName::value).orElse("gateway")),
                1);
    }

    private static double leader(NamespaceState state) {
        return state.leaderNode().map(node -> node.id().value()).orElse(0);
    }

    /** One sample for each namespace that is served. */
    private final class OfNamespaces {
        private final MultiGauge gauge;
        private final ToDoubleFunction<NamespaceRegistry> value;

        OfNamespaces(String name, String description, ToDoubleFunction<NamespaceRegistry> value) {
            this.gauge = MultiGauge.builder(name).description(description).register(meters);
            this.value = value;
        }

        void read() {
            gauge.register(registry.all().stream().map(this::row).toList(), true);
        }

        private Row<?> row(NamespaceRegistry namespace) {
            return Row.of(Tags.of("namespace", namespace.name().value()), value.applyAsDouble(namespace));
        }
    }

    @Override
    public void close() {
        garbage.close();
        meters.close();
    }
}
