package io.rollcall.server.console;

import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.Version;
import io.rollcall.server.liveness.MassSilence;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.LeaseKeeper;
import io.rollcall.server.registry.NamespaceRegistry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.Registry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The console's view of the registry's in-memory state. Thread-safe; each answer comes from one snapshot. */
public final class RegistryConsole implements ConsoleBackend {
    private final Registry registry;
    private final LeaseKeeper leases;
    private final Function<NamespaceName, Optional<MassSilence>> massSilence;
    private final Settings settings;
    private final ConsoleChanges changes;
    private final Supplier<String> metrics;
    private final Alarms alarms;
    private final Supplier<String> address;
    private final Clock clock;
    private final ProcessHealth health;
    private final Instant startedAt;

    /**
     * The health of the process.
     *
     * @param isLive false: a thread that all calls share is stuck
     * @param isServing false: it is shutting down, for whatever reason
     */
    public record ProcessHealth(BooleanSupplier isLive, BooleanSupplier isServing) {}

    /**
     * @param massSilence whether a large part of a namespace is silent
     * @param metrics in Prometheus' text format
     * @param address where nodes connect, as {@code host:port}
     */
    public RegistryConsole(
            Registry registry,
            LeaseKeeper leases,
            Function<NamespaceName, Optional<MassSilence>> massSilence,
            Settings settings,
            ConsoleChanges changes,
            Alarms alarms,
            Supplier<String> metrics,
            Supplier<String> address,
            ProcessHealth health,
            Clock clock) {
        this.registry = registry;
        this.leases = leases;
        this.massSilence = massSilence;
        this.settings = settings;
        this.changes = changes;
        this.metrics = metrics;
        this.alarms = alarms;
        this.address = address;
        this.health = health;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    @Override
    public GatewayView gateway() {
        Set<NamespaceName> shown =
                registry.all().stream().map(NamespaceRegistry::name).collect(Collectors.toSet());
        List<Attention> attention = alarms.all().stream()
                .filter(alarm ->
                        alarm.subject().namespace().filter(shown::contains).isEmpty())
                .map(alarm -> AttentionRules.of(
                        alarm,
                        alarm.subject().namespace().map(name -> name + ": ").orElse("gateway: ")))
                .toList();
        return new GatewayView(
                Version.current(), address.get(), startedAt, Duration.between(startedAt, clock.instant()), attention);
    }

    @Override
    public List<NamespaceSummary> namespaces() {
        return registry.all().stream()
                .map(namespace -> summary(namespace.name(), namespace.state()))
                .toList();
    }

    @Override
    public Optional<NamespaceDetail> namespace(String name) {
        return registry.all().stream()
                .filter(namespace -> namespace.name().value().equals(name))
                .findFirst()
                .map(this::detail);
    }

    @Override
    public String metrics() {
        return metrics.get();
    }

    @Override
    public boolean isLive() {
        return health.isLive().getAsBoolean();
    }

    @Override
    public boolean isReady() {
        return health.isServing().getAsBoolean() && registry.storeHealth().isWritable();
    }

    @Override
    public Subscription onChange(Consumer<String> listener) {
        return changes.subscribe(listener);
    }

    private NamespaceDetail detail(NamespaceRegistry namespace) {
        NamespaceState state = namespace.state();
        return new NamespaceDetail(
                summary(namespace.name(), state),
                state.nodes().values().stream()
                        .map(node -> node(namespace.name(), state, node))
                        .toList(),
                settings.get(Setting.HEARTBEAT_INTERVAL),
                settings.get(Setting.NODE_TIMEOUT));
    }

    private NamespaceSummary summary(NamespaceName name, NamespaceState state) {
        return new NamespaceSummary(
                name.value(),
                state.revision(),
                state.bootstrap().epoch(),
                phase(state.bootstrap()),
                state.leaderNode().map(node -> leader(state, node)),
                state.leader().term(),
                state.liveCount() - state.suspected(),
                state.suspected(),
                state.failed(),
                AttentionRules.of(
                        state,
                        massSilence.apply(name),
                        registry.storeHealth().failure(),
                        alarms.about(Optional.of(name))));
    }

    private static LeaderView leader(NamespaceState state, Node node) {
        return new LeaderView(
                node.id().value(), node.details().address(), state.leader().since());
    }

    private NodeView node(NamespaceName namespace, NamespaceState state, Node node) {
        Duration silence = leases.silence(namespace, node.session());
        return new NodeView(
                node.id().value(),
                node.details().host(),
                node.details().port(),
                NodeState.valueOf(node.status().name()),
                node.session().equals(state.leader().leader()),
                node.session().equals(state.bootstrap().founder()),
                node.details().capabilities(),
                node.details().metadata(),
                node.joinedAt(),
                clock.instant().minus(silence),
                silence,
                node.revision());
    }

    private static BootstrapPhase phase(Bootstrap bootstrap) {
        if (bootstrap.confirmed()) {
            return BootstrapPhase.CONFIRMED;
        }
        return bootstrap.isOpen() ? BootstrapPhase.OPEN : BootstrapPhase.GRANTED;
    }
}
