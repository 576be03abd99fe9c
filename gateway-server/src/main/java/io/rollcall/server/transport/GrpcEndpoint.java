package io.rollcall.server.transport;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.rollcall.server.identity.ClientTrust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's gRPC port: mutual TLS, and limits on what one connection may cost.
 *
 * <p>Threads: services and interceptors run on netty's event loops themselves ({@code directExecutor}), natively by
 * epoll where that is on the classpath; nothing in them may block. {@link #start} and {@link #close} belong to one
 * owner.
 */
public final class GrpcEndpoint implements AutoCloseable {
    static {
        TlsDefaults.apply();
    }

    private static final int MAX_METADATA_BYTES = 8 << 10;
    private static final int MAX_MESSAGE_BYTES = 64 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 100;
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FASTEST_CLIENT_PING = Duration.ofSeconds(10);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(60);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(20);
    // Rapid Reset (CVE-2023-44487): far above what clients cancel, far below a flood.
    private static final int MAX_RESETS = 500;
    private static final int RESET_WINDOW_SECONDS = 10;

    private final EndpointSettings settings;
    private final Server server;

    /**
     * Opens nothing yet.
     *
     * @param connections told of each connection once its handshake is over
     * @param outermostFirst the interceptors of all services, in the order in which a call meets them
     * @param tracers told of every call, also of methods that are not served
     * @param clock for the dates of the server's certificate
     * @throws IllegalArgumentException if certificate or key cannot be used; the message names the file and what to do
     * @throws IllegalStateException if the native TLS library is not there
     */
    public GrpcEndpoint(
            EndpointSettings settings,
            ClientTrust trust,
            ServerTransportFilter connections,
            List<ServerInterceptor> outermostFirst,
            List<ServerServiceDefinition> services,
            List<ServerStreamTracer.Factory> tracers,
            Clock clock) {
        this.settings = settings;
        ServerCertificate certificate =
                ServerCertificate.load(settings.certificate(), settings.privateKey(), clock.instant());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(settings.host(), settings.port()))
                .sslContext(ServerTls.context(certificate, trust))
                .directExecutor()
                .addTransportFilter(connections)
                .handshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .permitKeepAliveTime(FASTEST_CLIENT_PING.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .addServices(services)
                .fallbackHandlerRegistry(new UnknownMethods());
        tracers.forEach(builder::addStreamTracerFactory);
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
        } catch (IOException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + " (" + reason.getMessage()
                            + "); choose another with --host and --port",
                    e);
        }
        return this;
    }

    /** The port it listens on; once started. */
    public int port() {
        return server.getPort();
    }

    /**
     * Takes no more calls, lets the open ones go on for the drain time, then ends them. Returns when all is over.
     * Interrupted, it ends them at once.
     */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(settings.drain().toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
