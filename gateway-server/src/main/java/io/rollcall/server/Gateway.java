package io.rollcall.server;

import io.rollcall.net.HostPort;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.reload.FileWatch;
import io.rollcall.server.reload.HangUpSignal;
import io.rollcall.server.reload.Reloadable;
import io.rollcall.server.reload.Reloader;
import io.rollcall.server.store.SqliteLibrary;
import io.rollcall.server.transport.CertificateReload;
import io.rollcall.server.transport.TlsLibrary;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The gateway as a whole: starts its parts, each of which uses those before it. Closes them in reverse order, at the
 * end or when a start fails.
 *
 * <pre>
 *   {@link Foundation}       data directory, audit log, alarms, threads
 *   {@link Identification}   trust policies and quotas of the namespaces
 *   {@link RegistryParts}    store ▶ registry (decide ▶ commit ▶ apply) ▶ leases, watchers, console
 *   {@link NodesPort}        node ──TLS──▶ refusal ▶ identity ▶ access ▶ admission ▶ GatewayService ──▶ registry
 *                                     └─────────┴────────── audit ─────────────┘ (who did what, before it is done)
 *   {@link ConsolePort}      browser ────▶ AdminConsole ──▶ RegistryConsole ──reads──▶ registry
 *   {@link #serve}           the nodes' port opens; sweeps, checks for changed files and the watchdog begin
 * </pre>
 */
public final class Gateway implements AutoCloseable {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

    private final String host;
    private final Foundation base;
    private final Reloader reloader;
    private final Identification callers;
    private final RegistryParts parts;
    private final NodesPort nodes;
    private final ConsolePort console;
    private final Closer closer;

    private Gateway(GatewayConfig config, Collaborators given, Closer closer) throws IOException {
        this.closer = closer;
        this.host = config.get(Setting.HOST);
        this.base = new Foundation(config, given, closer);
        FileWatch certificateFiles = FileWatch.taken(CertificateReload.files(config)); // before they are read
        this.callers = new Identification(config, base);
        this.parts = new RegistryParts(config, given, base, callers, closer);
        this.nodes = new NodesPort(config, base, callers, parts, closer);
        this.console = new ConsolePort(config, base, parts, nodes, closer);
        this.reloader = new Reloader(config, base.reports, reloaded(config, certificateFiles));
    }

    /**
     * Builds everything and starts to serve, or throws and leaves nothing open.
     *
     * @throws IOException if a native library, a file, a port or the store cannot be used
     * @throws IllegalArgumentException if a certificate, key or trust bundle cannot; the message names it
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        return start(config, Collaborators.real());
    }

    /** As {@link #start(GatewayConfig)}, for tests that inject failures. */
    static Gateway start(GatewayConfig config, Collaborators given) throws IOException {
        requireNativeLibraries(config);
        Closer closer = new Closer();
        try {
            Gateway gateway = new Gateway(config, given, closer);
            gateway.serve();
            return gateway;
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            closer.closeAfter(e);
            throw e;
        }
    }

    /** Called before anything is opened: later, a failure would look like that of a file. */
    private static void requireNativeLibraries(GatewayConfig config) throws IOException {
        TlsLibrary.require();
        if (config.isDurable()) {
            SqliteLibrary.require();
        }
    }

    /** Opens the nodes' port last, so that no node registers with a gateway that cannot start. */
    private void serve() {
        base.serving.begin();
        closer.register(nodes.endpoint).start();
        closer.register(parts.feed); // watchers are notified of the end before their connections are closed
        // The sweeper starts after the port opens, so that the start counts as a pause and not against leases. It ends
        // before the port closes, so that nodes which lose their connection are not suspected.
        closer.register(parts.sweeper).start();
        closer.register(reloader).start();
        callers.policies.onChange(() -> callers.connections.sweepSoon(base.threads.sweeps));
        var unused = base.threads.sweeps.scheduleWithFixedDelay(callers.connections::sweep, 1, 1, TimeUnit.SECONDS);
        repeated().forEach(base.threads::repeat);
        closer.register(base.serving::end);
        watched().forEach(base.watchdog::watch);
        nodes.sockets.watchedBy(base.watchdog);
        closer.register(base.watchdog).start();
    }

    /** The parts that reload the configuration file, or files of their own. */
    private List<Reloadable> reloaded(GatewayConfig config, FileWatch certificateFiles) {
        return List.of(
                changed -> LogLevel.set(changed.get(Setting.LOG_LEVEL)),
                changed -> callers.quotas.replace(changed.quotas()),
                new CertificateReload(
                        config,
                        certificateFiles,
                        this::showCertificate,
                        nodes.endpoint::certificateEnd,
                        base.reports,
                        base.clock),
                callers.reload);
    }

    /** The nodes' port checks the files first, since the console checks less. */
    private void showCertificate(Path certificate, Path key) throws IOException {
        Runnable endpointTakesIt = nodes.endpoint.prepare(certificate, key);
        console.console.renew(certificate, key);
        endpointTakesIt.run();
    }

    /** The periodic tasks, which return at once. */
    private List<Threads.Repeated> repeated() {
        return List.of(
                new Threads.Repeated(parts.feed::markProgress, FIVE_SECONDS),
                new Threads.Repeated(parts.lost::expire, FIVE_SECONDS),
                new Threads.Repeated(parts.duplicates::look, TWO_SECONDS),
                new Threads.Repeated(nodes.memory::look, FIVE_SECONDS),
                new Threads.Repeated(base.openFiles::look, ONE_SECOND));
    }

    /**
     * The threads that the process depends on; those of the sockets and the pools report to the watchdog themselves.
     */
    private Stream<CheckIn> watched() {
        return Stream.concat(
                Stream.of(
                        parts.registry.checkIn(),
                        parts.sweeper.checkIn(),
                        reloader.checkIn(),
                        console.threads.checkIn()),
                base.audit.checkIns().stream());
    }

    /**
     * Reloads the configuration file when it changes, and all files on SIGHUP, including a signal that is already
     * pending.
     */
    public void follow(ConfigSource source, HangUpSignal hangUp) {
        reloader.follow(source, hangUp);
    }

    /** Where nodes connect, as {@code host:port}. */
    public String address() {
        return HostPort.text(host, nodes.endpoint.port());
    }

    /** Where browsers connect. */
    public String consoleAddress() {
        return "https://" + HostPort.text(host, console.console.port());
    }

    /** The file with the first administrator's password, until the password is changed. */
    public Optional<Path> consolePasswordFile() {
        return console.console.passwordFile();
    }

    /**
     * Stops accepting calls, asks watchers to reconnect, finishes and commits open calls, and stops. Takes at most the
     * drain time and that of the last commits, some 15 s in all. Idempotent.
     *
     * @throws IOException if the audit log's last lines cannot be written, or the directory cannot be unlocked
     */
    @Override
    public void close() throws IOException {
        closer.close();
    }
}
