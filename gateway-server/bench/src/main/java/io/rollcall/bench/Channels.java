package io.rollcall.bench;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens connections of nodes, with the credentials from {@code scripts/dev-certs}. */
final class Channels {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private Channels() {}

    static ManagedChannel open(Path certs, String namespace, int node, int port) throws IOException {
        Metadata headers = new Metadata();
        headers.put(
                AUTHORIZATION,
                "Bearer "
                        + Files.readString(credentials(certs, namespace, node).resolve("token.jwt"))
                                .strip());
        return builder(credentials(certs, namespace, node), certs, port)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
    }

    /** A connection with the certificate alone: etcd refuses an {@code authorization} that it has not issued. */
    static ManagedChannel openWithoutToken(Path certs, String namespace, int node, int port) throws IOException {
        return builder(credentials(certs, namespace, node), certs, port).build();
    }

    private static Path credentials(Path certs, String namespace, int node) {
        return certs.resolve(namespace).resolve("node-" + node);
    }

    private static NettyChannelBuilder builder(Path credentials, Path certs, int port) throws IOException {
        return NettyChannelBuilder.forAddress("localhost", port)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(certs.resolve("gateway/ca.pem").toFile())
                        .keyManager(
                                credentials.resolve("cert.pem").toFile(),
                                credentials.resolve("key.pem").toFile())
                        .keyStoreType("JKS") // PKCS12 takes 10,000 rounds
                        .build());
    }
}
