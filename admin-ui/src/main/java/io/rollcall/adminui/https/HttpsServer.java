package io.rollcall.adminui.https;

import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.config.JavalinConfig;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the server between the network and the pages.
 *
 * <pre>
 *  connector (TLS, HTTP/2) ──► gRPC callers ──► whole requests and answers ──► Javalin
 *        │ each connection           │ told where nodes connect
 *        └──► {@link ClientConnections}, which closes those that are late or too many
 * </pre>
 */
public final class HttpsServer {
    /** The longest answer, in bytes, that is buffered before it is sent; a longer one may block a thread. */
    public static final int LONGEST_GATHERED = 64 * 1024;

    private static final Logger log = LoggerFactory.getLogger(HttpsServer.class);

    private static final int THREADS = 128;
    private static final int THREADS_KEPT = 4;
    private static final int SECONDS_BETWEEN_CHECKS = 1;

    private HttpsServer() {}

    /**
     * @param longestBody of a request, in bytes
     * @param nodesConnectTo {@code host:port}, for nodes that connect here by mistake
     */
    public static void configure(
            JavalinConfig config,
            String host,
            int port,
            SslContextFactory.Server tls,
            int longestBody,
            ClientLimits limits,
            Ticker ticker,
            Supplier<String> nodesConnectTo) {
        ClientConnections connections = new ClientConnections(limits, ticker);
        config.http.maxRequestSize = longestBody;
        config.jetty.threadPool = new QueuedThreadPool(THREADS, THREADS_KEPT);
        config.jetty.modifyServer(server -> {
            GrpcCallers callers = new GrpcCallers(nodesConnectTo);
            callers.setHandler(new BufferedExchanges(connections, longestBody, ticker));
            server.setHandler(callers);
            server.setErrorHandler(new ErrorAnswers());
            server.addEventListener(new LifeCycle.Listener() {
                @Override
                public void lifeCycleStarted(LifeCycle started) {
                    watch(server, connections);
                }
            });
        });
        config.jetty.modifyServletContextHandler(pages -> pages.setErrorHandler(new ErrorAnswers()));
        config.jetty.addConnector((server, http) -> HttpsConnector.on(server, http, host, port, tls, connections));
    }

    /** Starts the check for late connections; it ends with the server, whose scheduler it uses. */
    private static void watch(Server server, ClientConnections connections) {
        Scheduler scheduler = server.getScheduler();
        scheduler.schedule(
                () -> {
                    try {
                        connections.closeLate();
                    } catch (RuntimeException e) {
                        log.error("Could not close late connections to the console; trying again", e);
                    } finally {
                        watch(server, connections);
                    }
                },
                SECONDS_BETWEEN_CHECKS,
                TimeUnit.SECONDS);
    }
}
