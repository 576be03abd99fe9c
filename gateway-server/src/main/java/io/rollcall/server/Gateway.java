package io.rollcall.server;

import io.grpc.Attributes;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.util.internal.PlatformDependent;
import io.rollcall.adminui.AdminConsole;
import io.rollcall.server.access.AccessInterceptor;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.admission.AdmissionInterceptor;
import io.rollcall.server.admission.HalfSent;
import io.rollcall.server.admission.MethodTraffic;
import io.rollcall.server.admission.StandardServicesInterceptor;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.Audit;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Version;
import io.rollcall.server.console.ConsoleChanges;
import io.rollcall.server.console.RegistryConsole;
import io.rollcall.server.failure.RefusalInterceptor;
import io.rollcall.server.failure.RefusalPace;
import io.rollcall.server.health.GatewayMetrics;
import io.rollcall.server.health.HealthService;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.ConnectionIdentifier;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.IdentityInterceptor;
import io.rollcall.server.identity.MembershipLoader;
import io.rollcall.server.identity.Memberships;
import io.rollcall.server.identity.Origin;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.liveness.HeartbeatService;
import io.rollcall.server.liveness.LeaseSweeper;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.liveness.Ticker;
import io.rollcall.server.namespace.MemoryNeed;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.QuotaBook;
import io.rollcall.server.registry.LeaderService;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.RegistryService;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.reload.Reloader;
import io.rollcall.server.store.DataDirectory;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.store.SqliteStore;
import io.rollcall.server.transport.EndpointSettings;
import io.rollcall.server.transport.GrpcEndpoint;
import io.rollcall.server.transport.LegacyServiceName;
import io.rollcall.server.transport.OpenSockets;
import io.rollcall.server.watch.Feed;
import io.rollcall.server.watch.WatchService;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: every feature is built here, once, in reading order.
 *
 * <pre>
 *   node ──TLS──▶ refusal ▶ identity ▶ access ▶ admission ▶ GatewayService ──▶ registry (decide ▶ commit ▶ apply) ──▶ leases, watchers, console
 *                   └─────────┴────────── audit ───────────────────────────────────┘ (who did what, before it is done)
 *   browser ────▶ AdminConsole ──▶ RegistryConsole ──reads──▶ registry
 * </pre>
 */
public final class Gateway implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration PROGRESS = Duration.ofSeconds(5);

    private final DataDirectory directory;
    private final Audit audit;
    private final RegistryStore store;
    private final Threads threads;
    private final Reloader reloader;
    private final Feed feed;
    private final Registry registry;
    private final LeaseSweeper sweeper;
    private final GatewayMetrics metrics;
    private final HealthStatusManager health;
    private final GrpcEndpoint endpoint;
    private final AdminConsole console;
    private final String host;

    private Gateway(
            DataDirectory directory,
            Audit audit,
            RegistryStore store,
            Threads threads,
            Reloader reloader,
            Feed feed,
            Registry registry,
            LeaseSweeper sweeper,
            GatewayMetrics metrics,
            HealthStatusManager health,
            GrpcEndpoint endpoint,
            AdminConsole console,
            String host) {
        this.directory = directory;
        this.audit = audit;
        this.store = store;
        this.threads = threads;
        this.reloader = reloader;
        this.feed = feed;
        this.registry = registry;
        this.sweeper = sweeper;
        this.metrics = metrics;
        this.health = health;
        this.endpoint = endpoint;
        this.console = console;
        this.host = host;
    }

    /**
     * Builds everything and starts to serve.
     *
     * @throws IOException if a file, a port or the store cannot be used
     * @throws IllegalArgumentException if a certificate, key or trust bundle cannot; the message names it
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        return start(config, store -> store, List.of());
    }

    /**
     * As {@link #start(GatewayConfig)}, for tests that fail in the middle of a change.
     *
     * @param around wraps the store
     * @param last hear of what was committed after everybody else, and before the callers are answered
     */
    static Gateway start(GatewayConfig config, UnaryOperator<RegistryStore> around, List<RegistryListener> last)
            throws IOException {
        DataDirectory directory = DataDirectory.hold(config.dataDir());
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        Ticker ticker = System::nanoTime;
        Threads threads = new Threads();
        ConsoleChanges changes = new ConsoleChanges();
        Alarms alarms = new Alarms(clock, changes::alarms);

        Audit audit = Audit.open(directory.path(), config.audit(), clock, ticker::nanos, Version.current(), alarms);
        Reloader reloader = new Reloader(config, alarms, audit.reloads(), clock);
        Memberships memberships = new Memberships();
        MembershipLoader loader =
                new MembershipLoader(memberships, clock, alarms, audit.entries(), threads.timers, threads.fetchers);
        loader.begin(config.identity());
        QuotaBook quotas = new QuotaBook(config.quotas());
        MemoryNeed.of(config.quotas().values())
                .shortage(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory())
                .ifPresent(log::warn);
        ClientTrust trust = new ClientTrust(memberships, clock, audit.entries());
        TokenVerifier tokens = new TokenVerifier();
        Connections connections = new Connections(memberships, quotas, trust, tokens, audit.entries(), clock);
        OpenSockets sockets = new OpenSockets(config.connections().most(), audit.entries());
        MethodPermissions permissions = new MethodPermissions();

        Leases leases = new Leases(ticker);
        Feed feed = new Feed(namespace -> quotas.of(namespace).watchers(), threads.watchers, ticker::nanos);
        RegistryStore store = around.apply(
                config.isDurable() ? SqliteStore.open(directory.path(), random) : new InMemoryStore(random));
        List<RegistryListener> listeners = new ArrayList<>(List.of(leases, feed, changes, audit.namespaces()));
        listeners.addAll(last);
        Registry registry = Registry.open(
                store,
                audit.changes(),
                config.identity().namespaces().stream()
                        .map(NamespaceConfig::name)
                        .toList(),
                listeners,
                clock,
                ticker::nanos);
        LeaseSweeper sweeper = new LeaseSweeper(registry, leases, config.leases(), ticker, clock);

        ServerServiceDefinition service = new GatewayService(
                        new RegistryService(registry, leases, config.leases(), quotas, threads.lists, clock),
                        new LeaderService(registry, leases, clock),
                        new HeartbeatService(registry, leases),
                        new WatchService(registry, feed, leases, clock),
                        new HealthService(registry, clock))
                .bindService();
        HealthStatusManager health = new HealthStatusManager();
        List<ServerServiceDefinition> services = List.of(
                service,
                LegacyServiceName.of(service),
                ServerInterceptors.intercept(health.getHealthService(), new StandardServicesInterceptor()),
                ServerInterceptors.intercept(
                        ProtoReflectionServiceV1.newInstance(), new StandardServicesInterceptor()));
        permissions.requireAll(services);
        GatewayMetrics metrics = new GatewayMetrics(registry, connections, tokens, audit, alarms);
        RefusalPace pace = new RefusalPace(Gateway::tenant, ticker::nanos, threads.timers);
        List<ServerInterceptor> outermostFirst = List.of(
                new RefusalInterceptor(random, pace, audit.refusals()),
                new IdentityInterceptor(connections, tokens, audit.entries(), permissions::needsToken),
                new AccessInterceptor(permissions),
                new AdmissionInterceptor(new MethodTraffic(), quotas, ticker::nanos, random));
        GrpcEndpoint endpoint = new GrpcEndpoint(
                new EndpointSettings(
                        config.host(), config.port(), config.certificate(), config.key(), config.connections(), DRAIN),
                trust,
                sockets,
                new ConnectionIdentifier(trust, connections, audit.entries(), sockets::hangUp),
                outermostFirst,
                services,
                List.of(metrics.callsOf(services, ticker::nanos), new HalfSent()),
                clock);

        sweeper.start();
        endpoint.start();
        memberships.onChange(() -> connections.sweepSoon(threads.sweeps));
        var unusedSweeps = threads.sweeps.scheduleWithFixedDelay(connections::sweep, 1, 1, TimeUnit.SECONDS);
        threads.repeat(feed::markProgress, PROGRESS);
        RegistryConsole view = new RegistryConsole(
                registry,
                leases,
                sweeper::massSilence,
                config.leases(),
                changes,
                alarms,
                metrics::scrape,
                config.host() + ":" + endpoint.port(),
                clock);
        AdminConsole console = AdminConsole.start(
                new AdminConsole.Settings(
                        config.host(), config.consolePort(), config.certificate(), config.key(), config.dataDir()),
                view,
                audit.console());
        reloader.start(new ReloadedParts(loader, memberships, registry, quotas, endpoint, console));
        return new Gateway(
                directory,
                audit,
                store,
                threads,
                reloader,
                feed,
                registry,
                sweeper,
                metrics,
                health,
                endpoint,
                console,
                config.host());
    }

    /** Takes changes of the configuration's file from now on, and all files anew on SIGHUP. */
    public void follow(ConfigSource source) {
        reloader.follow(source);
    }

    /** Where nodes connect, as {@code host:port}. */
    public String address() {
        return host + ":" + endpoint.port();
    }

    /** Where browsers connect. */
    public String consoleAddress() {
        return "https://" + host + ":" + console.port();
    }

    /** The file with the first administrator's password, while it has not been changed. */
    public Optional<Path> consolePasswordFile() {
        return console.passwordFile();
    }

    /**
     * Takes no more calls, tells watchers to reconnect, finishes and commits what is in hand, and stops. Bounded by the
     * drain time and that of the last commits, some 15 s in all.
     *
     * @throws IOException if the directory cannot be given back
     */
    @Override
    public void close() throws IOException {
        health.enterTerminalState();
        reloader.close();
        sweeper.close(); // who is cut off by this is not to be suspected for it
        feed.close();
        endpoint.close();
        console.close();
        registry.close();
        metrics.close();
        threads.close();
        store.close();
        try {
            audit.close();
        } finally {
            directory.close();
        }
    }

    /** Whose share a refusal is of: the namespace, or all those who have shown none. */
    private static Object tenant(Attributes connection) {
        NamespaceName namespace = Origin.of(connection).namespace();
        return namespace == null ? "" : namespace;
    }
}
