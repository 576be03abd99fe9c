package io.rollcall.server;

import io.grpc.Attributes;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.rollcall.adminui.AdminConsole;
import io.rollcall.server.access.AccessInterceptor;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.admission.AdmissionInterceptor;
import io.rollcall.server.admission.InboundBuffering;
import io.rollcall.server.admission.MethodTraffic;
import io.rollcall.server.admission.StandardServicesInterceptor;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.alarm.OpenFilesAlarm;
import io.rollcall.server.audit.Audit;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.OpenFiles;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Version;
import io.rollcall.server.console.ConsoleChanges;
import io.rollcall.server.console.ConsoleThreads;
import io.rollcall.server.console.RegistryConsole;
import io.rollcall.server.failure.RefusalInterceptor;
import io.rollcall.server.failure.RefusalThrottle;
import io.rollcall.server.health.DirectMemoryAlarm;
import io.rollcall.server.health.GatewayMetrics;
import io.rollcall.server.health.HealthService;
import io.rollcall.server.health.ServingState;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.ConnectionIdentifier;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.IdentityInterceptor;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.identity.TrustPolicyLoader;
import io.rollcall.server.identity.TrustPolicyReload;
import io.rollcall.server.liveness.DuplicateNodes;
import io.rollcall.server.liveness.HeartbeatService;
import io.rollcall.server.liveness.LeaseSweeper;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.liveness.Ticker;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.registry.LeaderService;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.RegistryService;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.reload.FileWatch;
import io.rollcall.server.reload.HangUpSignal;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.reload.Reloader;
import io.rollcall.server.store.DataDirectory;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.store.SqliteStore;
import io.rollcall.server.transport.CertificateReload;
import io.rollcall.server.transport.GrpcEndpoint;
import io.rollcall.server.transport.LegacyServiceName;
import io.rollcall.server.transport.OpenSockets;
import io.rollcall.server.watch.Feed;
import io.rollcall.server.watch.WatchService;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final Duration ONE_LOOK = Duration.ofSeconds(1);

    private final OpenFilesLogFilter logFilter;
    private final Watchdog watchdog;
    private final DataDirectory directory;
    private final Audit audit;
    private final RegistryStore store;
    private final Threads threads;
    private final Reloader reloader;
    private final Feed feed;
    private final Registry registry;
    private final LeaseSweeper sweeper;
    private final GatewayMetrics metrics;
    private final ServingState serving;
    private final GrpcEndpoint endpoint;
    private final AdminConsole console;
    private final String host;

    private Gateway(
            OpenFilesLogFilter logFilter,
            Watchdog watchdog,
            DataDirectory directory,
            Audit audit,
            RegistryStore store,
            Threads threads,
            Reloader reloader,
            Feed feed,
            Registry registry,
            LeaseSweeper sweeper,
            GatewayMetrics metrics,
            ServingState serving,
            GrpcEndpoint endpoint,
            AdminConsole console,
            String host) {
        this.logFilter = logFilter;
        this.watchdog = watchdog;
        this.directory = directory;
        this.audit = audit;
        this.store = store;
        this.threads = threads;
        this.reloader = reloader;
        this.feed = feed;
        this.registry = registry;
        this.sweeper = sweeper;
        this.metrics = metrics;
        this.serving = serving;
        this.endpoint = endpoint;
        this.console = console;
        this.host = host;
    }

    /**
     * Builds everything and starts to serve.
     *
     * @throws IOException if a file, a port or the store cannot be used
     * @throws IllegalArgumentException if its certificate or key cannot, or a trust bundle has a development CA without
     *     {@code dev}; the message names it
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        return start(config, Collaborators.real());
    }

    /**
     * As {@link #start(GatewayConfig)}, for tests that fail in the middle of something.
     */
    static Gateway start(GatewayConfig config, Collaborators given) throws IOException {
        DataDirectory directory = DataDirectory.hold(config.get(Setting.DATA_DIR));
        Clock clock = given.clock();
        SecureRandom random = new SecureRandom();
        Ticker ticker = given.ticker();
        ConsoleChanges changes = new ConsoleChanges();
        Alarms alarms = new Alarms(clock, changes::alarms);
        OpenFilesLogFilter logFilter = OpenFilesLogFilter.install(alarms);
        OpenFilesAlarm openFiles = new OpenFilesAlarm(alarms, OpenFiles::count, OpenFiles.most());
        HealthStatusManager health = new HealthStatusManager();
        ServingState serving = new ServingState(health, alarms);
        serving.requireExitWithoutMemory();
        Watchdog watchdog = new Watchdog(given.watchdogLimit(), serving);
        Threads threads = new Threads(watchdog);

        Audit audit = Audit.open(directory.path(), config.settings(), clock, ticker::nanos, Version.current(), alarms);
        ReloadReports reports = new ReloadReports(alarms, audit.reloads());
        FileWatch certificateFiles = FileWatch.taken(CertificateReload.files(config)); // before they are read
        TrustPolicies policies = new TrustPolicies();
        TrustPolicyLoader loader =
                new TrustPolicyLoader(policies, clock, alarms, audit.access(), threads.timers, threads.fetchers);
        TrustPolicyReload trustPolicies = TrustPolicyReload.begin(config.identity(), loader, policies, reports, clock);
        NamespaceQuotas quotas = new NamespaceQuotas(config.quotas());
        ClientTrust trust = new ClientTrust(policies, clock);
        TokenVerifier tokens = new TokenVerifier();
        Connections connections = new Connections(policies, quotas, trust, tokens, audit.access(), clock);
        OpenSockets sockets = new OpenSockets(config.get(Setting.MAX_CONNECTIONS), audit.access(), ticker::nanos);
        MethodPermissions permissions = new MethodPermissions();

        Leases leases = new Leases(ticker);
        Feed feed = new Feed(
                namespace -> quotas.of(namespace).get(Setting.QUOTA_WATCHERS), threads.watchers, ticker::nanos);
        RegistryStore store = given.around()
                .apply(config.isDurable() ? durable(directory, random, audit) : new InMemoryStore(random));
        DuplicateNodes duplicates = new DuplicateNodes(alarms, config.get(Setting.HEARTBEAT_INTERVAL), ticker);
        List<RegistryListener> listeners =
                new ArrayList<>(List.of(leases, feed, changes, audit.namespaces(), duplicates));
        listeners.addAll(given.last());
        Registry registry = Registry.open(store, audit.changes(), policies.served(), listeners, clock, ticker::nanos);
        policies.onServed(registry::serve, registry::unserve);
        LostBranches lost = new LostBranches(alarms, ticker::nanos);
        LeaseSweeper sweeper = new LeaseSweeper(registry, leases, config.settings(), ticker, clock);

        ServerServiceDefinition service = new GatewayService(
                        new RegistryService(registry, leases, config.settings(), quotas, lost, threads.lists, clock),
                        new LeaderService(registry, leases, clock),
                        new HeartbeatService(registry, leases, duplicates, threads.lists),
                        new WatchService(registry, feed, lost, leases, clock),
                        new HealthService(registry, serving::isServing, clock))
                .bindService();
        List<ServerServiceDefinition> services = List.of(
                service,
                LegacyServiceName.of(service),
                ServerInterceptors.intercept(health.getHealthService(), new StandardServicesInterceptor()),
                ServerInterceptors.intercept(
                        ProtoReflectionServiceV1.newInstance(), new StandardServicesInterceptor()));
        permissions.requireAll(services);
        GatewayMetrics metrics = new GatewayMetrics(registry, connections, policies, tokens, audit, alarms);
        RefusalThrottle throttle = new RefusalThrottle(Gateway::tenant, ticker::nanos, threads.timers);
        DirectMemoryAlarm memory = new DirectMemoryAlarm(alarms, ticker::nanos);
        List<ServerInterceptor> outermostFirst = List.of(
                new RefusalInterceptor(random, throttle, audit.refusals().and(memory), sockets.room()),
                new IdentityInterceptor(connections, tokens, audit.access(), permissions::needsToken),
                new AccessInterceptor(permissions),
                new AdmissionInterceptor(
                        new MethodTraffic(), quotas, ticker::nanos, random, config.get(Setting.MAX_HEADER_SIZE)));
        GrpcEndpoint endpoint = new GrpcEndpoint(
                config.settings(),
                DRAIN,
                trust,
                sockets,
                new ConnectionIdentifier(trust, connections, audit.access(), sockets::hangUp),
                outermostFirst,
                services,
                List.of(metrics.callsOf(services, ticker::nanos), new InboundBuffering(), memory),
                clock);

        sweeper.start();
        endpoint.start();
        policies.onChange(() -> connections.sweepSoon(threads.sweeps));
        var unusedSweeps = threads.sweeps.scheduleWithFixedDelay(connections::sweep, 1, 1, TimeUnit.SECONDS);
        threads.repeat(feed::markProgress, PROGRESS);
        threads.repeat(lost::expire, PROGRESS);
        threads.repeat(openFiles::look, ONE_LOOK);
        threads.repeat(duplicates::look, ONE_LOOK.multipliedBy(2));
        threads.repeat(memory::look, PROGRESS);
        RegistryConsole view = new RegistryConsole(
                registry,
                leases,
                sweeper::massSilence,
                config.settings(),
                changes,
                alarms,
                metrics::scrape,
                config.get(Setting.HOST) + ":" + endpoint.port(),
                clock);
        ConsoleThreads consoleThreads = new ConsoleThreads();
        AdminConsole console = AdminConsole.start(
                new AdminConsole.Settings(
                        config.get(Setting.HOST),
                        config.get(Setting.CONSOLE_PORT),
                        config.get(Setting.CERTIFICATE),
                        config.get(Setting.KEY),
                        config.get(Setting.DATA_DIR)),
                view,
                audit.console(),
                consoleThreads);
        Reloader reloader = new Reloader(
                        config,
                        reports,
                        List.of(
                                changed -> LogLevel.set(changed.get(Setting.LOG_LEVEL)),
                                changed -> quotas.replace(changed.quotas()),
                                new CertificateReload(
                                        config,
                                        certificateFiles,
                                        (certificate, key) -> show(certificate, key, endpoint, console),
                                        endpoint::certificateEnd,
                                        reports,
                                        clock),
                                trustPolicies))
                .start();
        List<CheckIn> ofThreads =
                List.of(registry.checkIn(), sweeper.checkIn(), reloader.checkIn(), consoleThreads.checkIn());
        ofThreads.forEach(watchdog::watch);
        audit.checkIns().forEach(watchdog::watch);
        sockets.watchedBy(watchdog);
        watchdog.start();
        return new Gateway(
                logFilter,
                watchdog,
                directory,
                audit,
                store,
                threads,
                reloader,
                feed,
                registry,
                sweeper,
                metrics,
                serving,
                endpoint,
                console,
                config.get(Setting.HOST));
    }

    /** The nodes' port checks the files; the console, which does less, takes them only then. */
    private static void show(Path certificate, Path key, GrpcEndpoint endpoint, AdminConsole console)
            throws IOException {
        Runnable endpointTakesIt = endpoint.prepare(certificate, key);
        console.renew(certificate, key);
        endpointTakesIt.run();
    }

    /** The store, which also knows where the record of changes has to reach. */
    private static RegistryStore durable(DataDirectory directory, SecureRandom random, Audit audit) throws IOException {
        SqliteStore store = SqliteStore.open(directory.path(), random, audit::head);
        try {
            audit.compareWith(store.auditHead());
            return store;
        } catch (IOException e) {
            store.close();
            throw e;
        }
    }

    /** Takes changes of the configuration's file from now on, and all files anew on SIGHUP, one that waits included. */
    public void follow(ConfigSource source, HangUpSignal hangUp) {
        reloader.follow(source, hangUp);
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
        watchdog.close();
        serving.end();
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
            logFilter.close();
        }
    }

    /** Whose share a refusal is of: the namespace, or all those who have shown none. */
    private static Object tenant(Attributes connection) {
        NamespaceName namespace = CallIdentity.of(connection).namespace();
        return namespace == null ? "" : namespace;
    }
}
