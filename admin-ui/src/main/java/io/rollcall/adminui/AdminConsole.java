package io.rollcall.adminui;

import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.Javalin;
import io.rollcall.adminui.api.ConsoleJson;
import io.rollcall.adminui.api.NamespaceApi;
import io.rollcall.adminui.health.HealthProbes;
import io.rollcall.adminui.https.ClientLimits;
import io.rollcall.adminui.https.HttpsConnector;
import io.rollcall.adminui.https.HttpsServer;
import io.rollcall.adminui.https.PemIdentity;
import io.rollcall.adminui.live.ChangeBroadcaster;
import io.rollcall.adminui.live.EventStreams;
import io.rollcall.adminui.live.LiveTimings;
import io.rollcall.adminui.metrics.MetricsPage;
import io.rollcall.adminui.namespaces.NamespacePage;
import io.rollcall.adminui.overview.OverviewPage;
import io.rollcall.adminui.page.Assets;
import io.rollcall.adminui.page.ErrorPages;
import io.rollcall.adminui.page.Pages;
import io.rollcall.adminui.page.SecurityHeaders;
import io.rollcall.adminui.signin.AccountPage;
import io.rollcall.adminui.signin.Administrator;
import io.rollcall.adminui.signin.Guard;
import io.rollcall.adminui.signin.ScrapeToken;
import io.rollcall.adminui.signin.Sessions;
import io.rollcall.adminui.signin.SignInPage;
import io.rollcall.net.HostPort;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The browser console of a gateway, over HTTPS only.
 *
 * <pre>
 *  browser ──TLS, HTTP/2──► headers ► guard ► page or JSON ──reads──► ConsoleBackend
 *     ▲                                                                    │ "alpha changed"
 *     └──────────── "look again" (server-sent events) ◄── ChangeBroadcaster ◄────────┘
 * </pre>
 *
 * <p>It keeps no state of the gateway: each page is rendered from the current answers of {@link ConsoleBackend}. Safe
 * for use by any thread.
 */
public final class AdminConsole implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminConsole.class);
    private static final int LARGEST_FORM = 16 * 1024;

    private final Administrator administrator;
    private final ChangeBroadcaster broadcaster;
    private final Javalin server;
    private final SslContextFactory.Server tls;

    private AdminConsole(
            Administrator administrator, ChangeBroadcaster broadcaster, Javalin server, SslContextFactory.Server tls) {
        this.administrator = administrator;
        this.broadcaster = broadcaster;
        this.server = server;
        this.tls = tls;
    }

    /**
     * @param host the address to listen on, such as {@code localhost} or {@code 0.0.0.0}
     * @param port 0..65535; 0: any that is free
     * @param certificateChain PEM certificates, the console's first
     * @param privateKey its PEM key, EC or RSA, without password
     * @param dataDir the directory of the administrator's files
     */
    public record Settings(String host, int port, Path certificateChain, Path privateKey, Path dataDir) {
        public Settings {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("console port: " + port + " (expected: 0..65535)");
            }
        }
    }

    /**
     * Starts listening, and creates the first administrator if there is none.
     *
     * @param audit receives each sign-in and action
     * @param watch receives events of the console's threads
     * @return the running console; its caller closes it
     * @throws IOException when certificate, key or the administrator's files cannot be used, or the port cannot be
     *     opened
     */
    public static AdminConsole start(Settings settings, ConsoleBackend backend, ConsoleAudit audit, ThreadWatch watch)
            throws IOException {
        return start(settings, backend, audit, watch, LiveTimings.standard(), Ticker.systemTicker());
    }

    /** As {@link #start(Settings, ConsoleBackend, ConsoleAudit, ThreadWatch)}, without a thread watch. */
    public static AdminConsole start(Settings settings, ConsoleBackend backend, ConsoleAudit audit) throws IOException {
        return start(settings, backend, audit, ThreadWatch.NONE);
    }

    /**
     * As {@link #start(Settings, ConsoleBackend, ConsoleAudit)}, with other timings, and another clock for sessions and
     * limits.
     */
    static AdminConsole start(
            Settings settings, ConsoleBackend backend, ConsoleAudit audit, LiveTimings timings, Ticker ticker)
            throws IOException {
        return start(settings, backend, audit, ThreadWatch.NONE, timings, ticker);
    }

    private static AdminConsole start(
            Settings settings,
            ConsoleBackend backend,
            ConsoleAudit audit,
            ThreadWatch watch,
            LiveTimings timings,
            Ticker ticker)
            throws IOException {
        SecureRandom random = new SecureRandom();
        SslContextFactory.Server tls =
                HttpsConnector.tls(PemIdentity.read(settings.certificateChain(), settings.privateKey()));
        Assets assets = new Assets();
        Administrator administrator = Administrator.open(settings.dataDir(), random);
        ScrapeToken scrapeToken = ScrapeToken.open(settings.dataDir(), random);
        Sessions sessions = new Sessions(random, ticker);
        ChangeBroadcaster broadcaster = new ChangeBroadcaster(backend, sessions, timings, watch);
        Pages pages = new Pages(backend, assets, broadcaster::tick);
        Clock clock = Clock.systemUTC();

        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.jsonMapper(ConsoleJson.mapper());
            config.router.javaLangErrorHandler((response, error) -> failed(watch, response, error));
            HttpsServer.configure(
                    config,
                    settings.host(),
                    settings.port(),
                    tls,
                    LARGEST_FORM,
                    ClientLimits.standard(),
                    Ticker.systemTicker(),
                    () -> backend.gateway().address());

            SecurityHeaders.register(config.routes);
            new Guard(sessions, audit, withoutSession()).register(config.routes);
            assets.register(config.routes);
            new SignInPage(administrator, sessions, ticker, pages, audit).register(config.routes);
            new AccountPage(administrator, sessions, ticker, pages, audit).register(config.routes);
            new OverviewPage(backend, pages, clock).register(config.routes);
            new NamespacePage(backend, pages, clock).register(config.routes);
            new NamespaceApi(backend).register(config.routes);
            new MetricsPage(backend, scrapeToken).register(config.routes);
            new HealthProbes(backend).register(config.routes);
            new EventStreams(backend, broadcaster).register(config.routes);
            new ErrorPages(pages).register(config.routes);
        });
        AdminConsole console = new AdminConsole(administrator, broadcaster, server, tls);
        try {
            server.start();
            return console;
        } catch (RuntimeException e) {
            console.closeAfter(e);
            throw new IOException(
                    "the console cannot listen on " + HostPort.text(settings.host(), settings.port()) + " (" + reason(e)
                            + "); choose another with --host and --console-port",
                    e);
        } catch (Error e) {
            console.closeAfter(e);
            throw e;
        }
    }

    /** Returns the system's message, which Jetty and Javalin wrap. */
    private static String reason(RuntimeException thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static Set<String> withoutSession() {
        return Stream.concat(HealthProbes.PATHS.stream(), Stream.of(MetricsPage.PATH))
                .collect(Collectors.toSet());
    }

    /** Answers an {@link Error} like any failure; the pages' handlers receive only exceptions. */
    private static void failed(ThreadWatch watch, HttpServletResponse response, Error error) {
        watch.requestFailed(error);
        log.error("A request failed", error);
        response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    }

    /** Returns the port it listens on. */
    public int port() {
        return server.port();
    }

    /** Returns the paths of all routes as registered, for the test that requests each without signing in. */
    Set<String> paths() {
        return server.unsafe.internalRouter.allHttpHandlers().stream()
                .map(handler -> handler.endpoint.path)
                .collect(Collectors.toSet());
    }

    /**
     * Uses another certificate for new connections; open ones continue.
     *
     * @throws IOException if it cannot be used; the previous one stays in force
     */
    public void renew(Path certificateChain, Path privateKey) throws IOException {
        HttpsConnector.renew(tls, PemIdentity.read(certificateChain, privateKey));
    }

    /** Returns the file with the first administrator's generated password, until it is changed. */
    public Optional<Path> passwordFile() {
        return administrator.passwordFile();
    }

    /** Ends all streams and stops listening. Idempotent. */
    @Override
    public void close() {
        broadcaster.close();
        server.stop();
    }
}
