package io.rollcall.server.system;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rollcall.devcerts.Credential;
import io.rollcall.server.testing.ShownChain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A bare gRPC channel with a certificate and a token of the test's choosing, right or wrong. */
final class MemberChannel implements AutoCloseable {
    private final ManagedChannel channel;

    /** @param token null: none is sent */
    MemberChannel(GatewayProcess gateway, @Nullable Credential credential, @Nullable String token) throws IOException {
        this(gateway, credential, token, Map.of());
    }

    /** @param serviceConfig such as gRPC's own retries need; empty: none */
    MemberChannel(
            GatewayProcess gateway,
            @Nullable Credential credential,
            @Nullable String token,
            Map<String, ?> serviceConfig)
            throws IOException {
        var tls = GrpcSslContexts.forClient()
                .trustManager(gateway.certs().dir().resolve("gateway/ca.pem").toFile());
        if (credential != null) {
            tls.keyManager(pem(credential.certificatePem()), pem(credential.keyPem()))
                    .keyStoreType("JKS"); // PKCS12 takes 10,000 rounds
        }
        NettyChannelBuilder builder =
                NettyChannelBuilder.forTarget(gateway.target()).sslContext(tls.build());
        if (token != null) {
            builder.intercept(bearer(token));
        }
        channel = builder.defaultServiceConfig(serviceConfig).build();
    }

    /** With certificates that need not belong together, and no token. */
    MemberChannel(GatewayProcess gateway, ShownChain shown, String protocol) throws IOException {
        var tls = GrpcSslContexts.configure(SslContextBuilder.forClient().keyManager(shown), SslProvider.JDK)
                .protocols(protocol)
                .trustManager(gateway.certs().dir().resolve("gateway/ca.pem").toFile());
        channel = NettyChannelBuilder.forTarget(gateway.target())
                .sslContext(tls.build())
                .build();
    }

    private static ClientInterceptor bearer(String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static ByteArrayInputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
}
