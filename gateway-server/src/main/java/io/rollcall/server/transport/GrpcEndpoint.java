package io.rollcall.server.transport;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import io.rollcall.net.HostPort;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.identity.ClientTrust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's gRPC port: mutual TLS, and limits on what one connection may cost.
 *
 * <p>Threads: services and interceptors run on netty's event loops ({@code directExecutor}) and must not block. {@link
 * #start} and {@link #close} belong to one owner; {@link #prepare} may be called from another thread.
 */
public final class GrpcEndpoint implements AutoCloseable {
    static {
        TlsDefaults.apply();
    }

    /**
     * The flow control window of a connection: HTTP/2's initial value (RFC 9113 §6.9.2). gRPC would let it grow with
     * the bandwidth, to megabytes for each of many connections.
     */
    private static final int WINDOW_BYTES = 65_535;

    private final Settings settings;
    private final Duration drain;
    private final ClientTrust trust;
    private final Clock clock;
    private final RenewableTls tls;
    private final OpenSockets sockets;
    private final Server server;
    private volatile int port;

    /**
     * Creates an endpoint that does not listen yet.
     *
     * @param drain how long open calls may go on once the endpoint closes
     * @param sockets owned by the endpoint from now on
     * @param connections notified of each connection after its handshake
     * @param outermostFirst the interceptors of all services, in the order in which a call passes them
     * @param tracers notified of every call, also of unknown methods
     * @param clock for the dates of the server's certificate
     * @throws IllegalArgumentException if certificate or key cannot be used; the message names the file and what to do
     * @throws IllegalStateException if the native TLS library is missing
     */
    public GrpcEndpoint(
            Settings settings,
            Duration drain,
            ClientTrust trust,
            OpenSockets sockets,
            ServerTransportFilter connections,
            List<ServerInterceptor> outermostFirst,
            List<ServerServiceDefinition> services,
            List<ServerStreamTracer.Factory> tracers,
            Clock clock) {
        GrpcLogFilter.install();
        this.settings = settings;
        this.port = settings.get(Setting.PORT);
        this.drain = drain;
        this.trust = trust;
        this.clock = clock;
        this.sockets = sockets;
        ServerCertificate certificate =
                ServerCertificate.load(settings.get(Setting.CERTIFICATE), settings.get(Setting.KEY), clock.instant());
        this.tls = new RenewableTls(ServerTls.context(certificate, trust, settings), certificate.end());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(settings.get(Setting.HOST), settings.get(Setting.PORT)))
                .sslContext(tls)
                .channelFactory(sockets.listeners())
                .bossEventLoopGroup(sockets.acceptor())
                .workerEventLoopGroup(sockets.eventLoops())
                .directExecutor()
                .addTransportFilter(MemoryGuard.around(connections))
                .handshakeTimeout(settings.get(Setting.HANDSHAKE_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMetadataSize(settings.get(Setting.MAX_HEADER_SIZE))
                .maxInboundMessageSize(settings.get(Setting.MAX_MESSAGE_SIZE))
                .flowControlWindow(WINDOW_BYTES)
                .maxConcurrentCallsPerConnection(settings.get(Setting.MAX_CALLS))
                .maxRstFramesPerWindow(
                        settings.get(Setting.MAX_RESETS),
                        Math.toIntExact(settings.get(Setting.RESET_WINDOW).toSeconds()))
                .permitKeepAliveTime(settings.get(Setting.CLIENT_PING_INTERVAL).toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(settings.get(Setting.PING_INTERVAL).toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(settings.get(Setting.PING_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAge(settings.get(Setting.MAX_CONNECTION_AGE).toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAgeGrace(
                        settings.get(Setting.MAX_CONNECTION_AGE_GRACE).toMillis(), TimeUnit.MILLISECONDS)
                .addServices(services.stream().map(DeferredParsing::of).toList())
                .fallbackHandlerRegistry(new UnknownMethods())
                .decompressorRegistry(DeferredGunzip.REGISTRY);
        tracers.forEach(factory -> builder.addStreamTracerFactory(MemoryGuard.around(factory)));
        // The builder runs the interceptor that was added last first.
        for (int i = outermostFirst.size() - 1; i >= 0; i--) {
            builder.intercept(outermostFirst.get(i));
        }
        this.server = builder.build();
    }

    /** @throws IllegalArgumentException if host and port cannot be listened on */
    public GrpcEndpoint start() {
        try {
            server.start();
            port = server.getPort();
        } catch (IOException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "cannot listen on " + HostPort.text(settings.get(Setting.HOST), settings.get(Setting.PORT)) + " ("
                            + reason.getMessage() + "); choose another with --host and --port",
                    e);
        }
        return this;
    }

    /**
     * Prepares another certificate. New connections get it once the result is run, which cannot fail; open connections
     * continue.
     *
     * @throws IllegalArgumentException if certificate or key cannot be used; the message names the file and what to do
     */
    public Runnable prepare(Path certificate, Path privateKey) {
        ServerCertificate renewed = ServerCertificate.load(certificate, privateKey, clock.instant());
        SslContext context = ServerTls.context(renewed, trust, settings);
        return () -> tls.renew(context, renewed.end());
    }

    /** Returns when the certificate in use expires. */
    public Instant certificateEnd() {
        return tls.end();
    }

    /** Returns the port it listens on; before the start, the configured one (0: any). */
    public int port() {
        return port;
    }

    /**
     * Accepts no more calls, lets the open ones continue for the drain time, then cancels them. Returns when all have
     * ended. If interrupted, cancels them at once.
     */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        sockets.close();
    }
}
