package io.rollcall.bench;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What no gRPC server in Java on this transport can beat: mutual TLS, no executor, and an answer that is ready. No token,
 * no namespace, no registry.
 *
 * <p>A unary method answers with bytes without meaning, a streaming one with each message it gets. {@link #PUBLISH} also
 * sends its request to every open {@link #WATCH}.
 */
final class CeilingServer {
    static final String READY = "Ceiling ready: ";
    static final String PUBLISH = "Ceiling/Publish";
    static final String WATCH = "Ceiling/Watch";

    private static final int WINDOW = 64;

    private CeilingServer() {}

    /** @param arguments the directory of certificates, and the length of the unary replies in bytes */
    public static void main(String[] arguments) throws Exception {
        Path certs = Path.of(arguments[0]);
        var tls = GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                                certs.resolve("gateway/cert.pem").toFile(),
                                certs.resolve("gateway/key.pem").toFile()),
                        SslProvider.OPENSSL)
                .trustManager(certs.resolve("bench/ca.pem").toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .protocols("TLSv1.3")
                .build();
        var server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .sslContext(tls)
                .maxConcurrentCallsPerConnection(1024)
                .fallbackHandlerRegistry(new Methods(new byte[Integer.parseInt(arguments[1])]))
                .build()
                .start();
        System.out.println(READY + server.getPort());
        server.awaitTermination();
    }

    /** Serves whatever method is called. */
    private static final class Methods extends HandlerRegistry {
        private final Map<String, ServerMethodDefinition<?, ?>> known = new ConcurrentHashMap<>();
        private final FanOut watches = new FanOut();
        private final byte[] reply;

        Methods(byte[] reply) {
            this.reply = reply;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            return known.computeIfAbsent(name, this::define);
        }

        private ServerMethodDefinition<?, ?> define(String name) {
            MethodDescriptor<byte[], byte[]> method = RawMethod.of(name, RawMethod.BYTES);
            return ServerMethodDefinition.create(method, handler(name));
        }

        private ServerCallHandler<byte[], byte[]> handler(String name) {
            return switch (name) {
                case WATCH -> (call, headers) -> watches.add(call);
                case PUBLISH -> (call, headers) -> new Constant(call, reply, watches::send);
                default ->
                    RawMethod.streams(name)
                            ? (call, headers) -> new Echo(call)
                            : (call, headers) -> new Constant(call, reply, request -> {});
            };
        }
    }

    private static final class Constant extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> call;
        private final byte[] reply;
        private final Consumer<byte[]> effect;

        Constant(ServerCall<byte[], byte[]> call, byte[] reply, Consumer<byte[]> effect) {
            this.call = call;
            this.reply = reply;
            this.effect = effect;
            call.request(2);
        }

        @Override
        public void onMessage(byte[] request) {
            effect.accept(request);
        }

        @Override
        public void onHalfClose() {
            call.sendHeaders(new Metadata());
            call.sendMessage(reply);
            call.close(Status.OK, new Metadata());
        }
    }

    private static final class Echo extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> call;

        Echo(ServerCall<byte[], byte[]> call) {
            this.call = call;
            call.sendHeaders(new Metadata());
            call.request(WINDOW);
        }

        @Override
        public void onMessage(byte[] message) {
            call.sendMessage(message);
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            call.close(Status.OK, new Metadata());
        }
    }
}
