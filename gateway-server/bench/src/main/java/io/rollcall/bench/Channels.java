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
        Path credentials = certs.resolve(namespace).resolve("node-" + node);
        Metadata headers = new Metadata();
        headers.put(
                AUTHORIZATION,
                "Bearer " + Files.readString(credentials.resolve("token.jwt")).strip());
        return NettyChannelBuilder.forAddress("localhost", port)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(certs.resolve("gateway/ca.pem").toFile())
                        .keyManager(
                                credentials.resolve("cert.pem").toFile(),
                                credentials.resolve("key.pem").toFile())
                        .keyStoreType("JKS") // PKCS12 takes 10,000 rounds
                        .build())
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
    }
}
