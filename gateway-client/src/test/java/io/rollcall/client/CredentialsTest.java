package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rollcall.client.testing.FakeGateway;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and tokens as files, over real TLS. */
class CredentialsTest {

    private static final String NODE_7 = "URI:spiffe://example.org/ns/alpha/node/7";

    @TempDir
    Path directory;

    private TestCa ca;
    private FakeGateway gateway;
    /** What the server saw of each call. */
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    private final List<BigInteger> serials = new CopyOnWriteArrayList<>();
    private final List<String> protocols = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        ca = new TestCa(directory, "ca");
        ca.issue("server-", "DNS:localhost");
        ca.issue("", NODE_7);
        Files.writeString(directory.resolve("token.jwt"), "first.token.x\n");
        gateway = FakeGateway.on(tls("server-", builder -> {}));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private NettyServerBuilder tls(String prefix, Consumer<SslContextBuilder> more) throws Exception {
        SslContextBuilder tls = GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                                directory.resolve(prefix + "cert.pem").toFile(),
                                directory.resolve(prefix + "key.pem").toFile()),
                        SslProvider.OPENSSL)
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(ca.certificate().toFile());
        more.accept(tls);
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(tls.build())
                .intercept(new Witness());
    }

    private GatewayClientBuilder builder() {
        return GatewayClient.builder().target(gateway.target()).credentials(NodeCredentials.fromDirectory(directory));
    }

    /** As a renewal does it: written elsewhere, then renamed into place. */
    private void replace(String file, String content) throws Exception {
        Path fresh = Files.writeString(directory.resolve("fresh"), content);
        Files.move(fresh, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void client_isWhoItsCertificateSays_andBringsItsToken() {
        try (GatewayClient client = builder().build()) {
            client.stats();

            assertThat(client.namespace()).isEqualTo("alpha");
            assertThat(client.nodeId()).hasValue(7);
            assertThat(tokens).containsExactly("Bearer first.token.x");
            assertThat(protocols).containsExactly("TLSv1.3");
        }
    }

    @Test
    void healthCheck_bringsNoToken() {
        try (GatewayClient client = builder().build()) {
            client.health();

            assertThat(tokens).containsExactly("none");
        }
    }

    @Test
    void client_whereTheGatewaySpeaksTls12Alone_speaksItToo() throws Exception {
        gateway.close();
        gateway = FakeGateway.on(tls("server-", builder -> builder.protocols("TLSv1.2")));
        try (GatewayClient client = builder().build()) {
            client.stats();

            assertThat(protocols).containsExactly("TLSv1.2");
        }
    }

    @Test
    void tokenFile_thatChanged_isUsedByTheNextCall() throws Exception {
        try (GatewayClient client = builder().build()) {
            client.stats();
            replace("token.jwt", "second.token.x");
            client.stats();

            assertThat(tokens).containsExactly("Bearer first.token.x", "Bearer second.token.x");
        }
    }

    @Test
    void tokenFile_thatBecameBad_leavesTheOldTokenInForce() throws Exception {
        try (GatewayClient client = builder().build()) {
            client.stats();
            replace("token.jwt", "not a token");
            client.stats();
            Files.delete(directory.resolve("token.jwt"));
            client.stats();

            assertThat(tokens).hasSize(3).containsOnly("Bearer first.token.x");
        }
    }

    @Test
    void certificate_thatChanged_isUsedByNewConnections() {
        try (GatewayClient client = builder().build()) {
            client.stats();
            client.stats();
            ca.issue("", NODE_7);
            client.stats();

            assertThat(serials).hasSize(3);
            assertThat(serials.get(1)).isEqualTo(serials.get(0));
            assertThat(serials.get(2)).isNotEqualTo(serials.get(0));
        }
    }

    /** A stream has no deadline: without this it would go on for ever under the old certificate. */
    @Test
    void certificate_thatChanged_endsTheStreamOfTheOldOne_andTheNextIsOfTheNew() {
        HandTime time = new HandTime();
        try (GatewayClient client = builder().build()) {
            client.register(
                    NodeDescription.of("10.0.0.7", 5000),
                    new HeardEvents(),
                    Duration.ofSeconds(30),
                    time,
                    new Random(1));
            time.pass();
            assertThat(gateway.openStreams()).isEqualTo(1);
            ca.issue("", NODE_7);
            client.stats();

            await().until(() -> gateway.openStreams() == 0 && time.delay().compareTo(Duration.ofMillis(250)) <= 0);
            time.pass();
            assertThat(gateway.openStreams()).isEqualTo(1);
            assertThat(gateway.beats(7)).isEqualTo(2);
            assertThat(serials.get(serials.size() - 1)).isNotEqualTo(serials.get(0));
        }
    }

    @Test
    void certificate_thatChanged_endsTheWatchOfTheOldOne_whichGoesOnUnderTheNew() {
        try (GatewayClient client = builder().build();
                ClusterWatch watch = client.watch(new WatchListener() {})) {
            await().until(() -> watch.view().isPresent());
            BigInteger old = serials.get(0);
            ca.issue("", NODE_7);
            client.stats();

            // The watch, the call that noticed, and the watch again.
            await().until(() -> serials.size() == 3);
            assertThat(List.copyOf(serials).subList(1, 3)).doesNotContain(old);
        }
    }

    @Test
    void certificate_whoseKeyIsNotThereYet_leavesTheOldInForce() throws Exception {
        try (GatewayClient client = builder().build()) {
            client.stats();
            ca.issue("next-", NODE_7);
            replace("cert.pem", Files.readString(directory.resolve("next-cert.pem")));
            client.stats();
            assertThat(serials.get(1)).isEqualTo(serials.get(0));

            replace("key.pem", Files.readString(directory.resolve("next-key.pem")));
            client.stats();
            assertThat(serials.get(2)).isNotEqualTo(serials.get(0));
        }
    }

    @Test
    void certificate_ofSomebodyElse_leavesTheOldInForce() {
        try (GatewayClient client = builder().build()) {
            client.stats();
            ca.issue("", "URI:spiffe://example.org/ns/alpha/node/8");
            client.stats();

            assertThat(serials.get(1)).isEqualTo(serials.get(0));
        }
    }

    @Test
    void gateway_ofAnotherName_isNotTrusted() throws Exception {
        gateway.close();
        ca.issue("other-", "DNS:gateway.example");
        gateway = FakeGateway.on(tls("other-", builder -> {}));
        try (GatewayClient client = builder().build()) {
            assertThatThrownBy(client::stats)
                    .isInstanceOf(GatewayException.class)
                    .hasMessageContaining("localhost");
            assertThat(tokens).isEmpty();
        }
        try (GatewayClient client = builder().serverName("gateway.example").build()) {
            assertThat(client.stats().total()).isZero();
        }
    }

    @Test
    void gateway_ofAnotherCa_isNotTrusted() {
        TestCa stranger = new TestCa(directory, "stranger");
        try (GatewayClient client = builder()
                .credentials(NodeCredentials.fromDirectory(directory, stranger.certificate()))
                .build()) {
            assertThatThrownBy(client::stats).isInstanceOfSatisfying(GatewayException.class, refused -> {
                assertThat(refused.code()).isEqualTo("UNAVAILABLE");
            });
            assertThat(tokens).isEmpty();
        }
    }

    @Test
    void authorities_thatChanged_areUsedByNewConnections() throws Exception {
        TestCa stranger = new TestCa(directory, "stranger");
        String right = Files.readString(ca.certificate());
        Path trusted = directory.resolve("trusted.pem");
        Files.copy(stranger.certificate(), trusted);
        try (GatewayClient client = builder()
                .credentials(NodeCredentials.fromDirectory(directory, trusted))
                .build()) {
            assertThatThrownBy(client::stats).isInstanceOf(GatewayException.class);
            replace("trusted.pem", right);
            assertThat(client.stats().total()).isZero();
        }
    }

    @Test
    void files_thatCannotBeUsed_areNamedWithWhatWasExpected() throws Exception {
        Path cert = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        Path token = directory.resolve("token.jwt");
        String goodKey = Files.readString(key);

        replace("token.jwt", "se cret");
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(CredentialsException.class)
                .hasMessage(token + " holds no token (expected: one line, a signed JWT)");
        replace("token.jwt", "a.b.c");

        replace("key.pem", "nothing");
        assertThatThrownBy(() -> builder().build()).hasMessageStartingWith(key + " holds no private key");
        Files.delete(key);
        assertThatThrownBy(() -> builder().build()).hasMessage("cannot read " + key + ": NoSuchFileException");
        replace("key.pem", Files.readString(directory.resolve("server-key.pem")));
        assertThatThrownBy(() -> builder().build()).hasMessage(key + " is not the key of " + cert);
        replace("key.pem", goodKey);

        replace("cert.pem", "nothing");
        assertThatThrownBy(() -> builder().build()).hasMessageStartingWith(cert + " holds no");
        ca.issue("", "DNS:localhost");
        assertThatThrownBy(() -> builder().build())
                .hasMessage("the certificate has 0 URI names (expected: exactly one, a SPIFFE ID)");
        ca.issue("", "URI:spiffe://example.org/ns/alpha/node/07");
        assertThatThrownBy(() -> builder().build()).hasMessageContaining("node/07' (expected: spiffe://");
    }

    @Test
    void operator_doesNotRegister() {
        ca.issue("", "URI:spiffe://example.org/ns/alpha/operator/admin");
        try (GatewayClient client = builder().build()) {
            assertThat(client.stats().total()).isZero();
            assertThat(client.remove(9)).isFalse();
            assertThatThrownBy(() -> client.register(NodeDescription.of("10.0.0.1", 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("operator/admin is no node");
        }
    }

    @Test
    void directoryOfDevelopmentCredentials_findsTheGatewaysCaBesideIt() throws Exception {
        Path node = Files.createDirectories(directory.resolve("certs/alpha/node-1"));
        Path shared =
                Files.createDirectories(directory.resolve("certs/gateway")).resolve("ca.pem");
        Files.writeString(shared, "");

        assertThat(NodeCredentials.fromDirectory(node).authorities()).isEqualTo(shared.toAbsolutePath());
        Path own = Files.writeString(node.resolve("ca.pem"), "");
        assertThat(NodeCredentials.fromDirectory(node).authorities()).isEqualTo(own);
    }

    private final class Witness implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            String token = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            tokens.add(token == null ? "none" : token);
            protocols.add(session.getProtocol());
            try {
                serials.add(((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber());
            } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                throw new IllegalStateException(e);
            }
            return next.startCall(call, headers);
        }
    }
}
