package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.WatchNodesRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who speaks HTTP/2 to the console without being a browser: nodes that took its port for theirs, and worse. */
class ConsoleCallersIT {
    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = GatewayProcess.start(dir);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aClientLibrary_isToldWhereNodesConnect() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "localhost", URI.create(gateway.console()).getPort())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(
                                gateway.certs().dir().resolve("gateway/ca.pem").toFile())
                        .build())
                .build();
        try {
            var stub = GatewayServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> stub.registerNode(RegisterNodeRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, this::assertRefused);
            assertThatThrownBy(() -> stub.watchNodes(WatchNodesRequest.getDefaultInstance())
                            .next())
                    .isInstanceOfSatisfying(StatusRuntimeException.class, this::assertRefused);
        } finally {
            assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private void assertRefused(StatusRuntimeException refused) {
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(refused.getStatus().getDescription())
                .isEqualTo("this is the console; nodes connect to " + gateway.target());
    }

    /** Trailers alone: one frame of headers that ends the stream, whether or not the request has ended. */
    @Test
    void theAnswer_isTrailersAlone_beforeTheRequestEnds() throws Exception {
        try (RawHttp2 connection = RawHttp2.toConsole(gateway).begin()) {
            connection
                    .frame(
                            RawHttp2.HEADERS,
                            RawHttp2.END_HEADERS,
                            1,
                            RawHttp2.call("rollcall.v1.GatewayService/RegisterNode", Map.of()))
                    .flush();
            RawHttp2.Frame frame = connection.read();
            while (frame.stream() != 1) {
                frame = connection.read();
            }
            assertThat(frame.type()).isEqualTo(RawHttp2.HEADERS);
            assertThat(frame.flags()).isEqualTo(RawHttp2.END_HEADERS | RawHttp2.END_STREAM);
        }
        try (RawHttp2 connection = RawHttp2.toConsole(gateway).begin()) {
            connection
                    .frame(
                            RawHttp2.HEADERS,
                            RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                            1,
                            RawHttp2.block(List.of(
                                    Map.entry(":method", "POST"),
                                    Map.entry(":scheme", "https"),
                                    Map.entry(":path", "/any"),
                                    Map.entry(":authority", "localhost"),
                                    Map.entry("content-type", "application/grpc+proto"))))
                    .flush();
            assertThat(connection.endOf(1)).isEqualTo("UNIMPLEMENTED");
            assertThat(connection.said())
                    .contains(":status: 200", "content-type: application/grpc")
                    .contains("grpc-message: this is the console; nodes connect to " + gateway.target());
        }
    }

    /** Planted bug: Jetty's own error pages. */
    @Test
    void whatTheServerRefusesByItself_hasTheHeadersOfAllOtherAnswers() throws Exception {
        for (String path : List.of("/%zz", "/a/..;/b", "/" + "x".repeat(9_000))) {
            try (RawHttp2 connection = RawHttp2.toConsole(gateway).begin()) {
                connection
                        .frame(
                                RawHttp2.HEADERS,
                                RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                                1,
                                RawHttp2.block(List.of(
                                        Map.entry(":method", "GET"),
                                        Map.entry(":scheme", "https"),
                                        Map.entry(":path", path),
                                        Map.entry(":authority", "localhost"))))
                        .flush();
                String end = connection.endOf(1);
                assertThat(end).as(path).matches("HTTP [34]\\d\\d|reset|cut off");
                if (end.startsWith("HTTP")) {
                    assertThat(connection.said())
                            .contains("content-security-policy: default-src 'none'")
                            .doesNotContainIgnoringCase("jetty");
                }
            }
        }
    }
}
