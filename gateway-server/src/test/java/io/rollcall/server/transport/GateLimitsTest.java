package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Member;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.testing.EchoService;
import io.rollcall.server.testing.TestGate;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Limits of connections, as an operator sets them.
 *
 * <p>Planted bugs: one connection or socket too many taken; a closed one that counts for ever; each limit fixed at its
 * default.
 */
class GateLimitsTest extends OpenGate {
    private TestGate limited;

    private TestGate limited(Map<String, String> options) {
        limited = new TestGate(certs, clock, new EchoService(), options);
        return limited;
    }

    @AfterEach
    void closeLimited() {
        if (limited != null) {
            limited.close();
        }
    }

    @Test
    void aConnectionTooMany_isToldToWait_andEnded_whileTheOthersGoOn() {
        limited(Map.of("quota-connections", "2"));
        GatewayServiceBlockingStub first = limited.stub(node);
        GatewayServiceBlockingStub second = limited.stub(node);
        first.heartbeat(BEAT);
        second.heartbeat(BEAT);

        assertRefused(Refusal.TOO_MANY_CONNECTIONS, () -> limited.stub(node).heartbeat(BEAT));
        limited.sweep();
        assertThat(limited.open).as("its client has a second to hear why").hasValue(3);
        limited.sweep();
        await().until(() -> limited.open.get() == 2);
        assertThat(limited.heard.events()).contains("cut off TOO_MANY_CONNECTIONS");
        first.heartbeat(BEAT);
        second.heartbeat(BEAT);
        limited.stub(beta.node(3)).heartbeat(BEAT); // another namespace's are counted by themselves
    }

    @Test
    void aConnectionThatCloses_makesRoom() {
        limited(Map.of("quota-connections", "1"));
        var channel = limited.channel(node.credential());
        on(channel).heartbeat(BEAT);
        channel.shutdownNow();
        await().until(() -> limited.known() == 0);

        limited.stub(node).heartbeat(BEAT);
    }

    /** Those without a handshake count as well: each holds a socket. */
    @Test
    void socketsBeyondTheCap_areClosed_atOnce() throws IOException {
        limited(Map.of("max-connections", "2"));
        try (Socket silent = new Socket("localhost", limited.port())) {
            limited.stub(node).heartbeat(BEAT);
            await().untilAsserted(() -> {
                try (Socket another = new Socket("localhost", limited.port())) {
                    another.setSoTimeout(5_000);
                    assertThat(another.getInputStream().read()).isEqualTo(-1);
                }
            });
            assertThat(silent.isConnected()).isTrue();
            // Told after the socket is closed.
            await().untilAsserted(() -> assertThat(limited.heard.events()).contains("crowded out"));
        }
        // Until the gateway has seen the end of the silent one, there is no room.
        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                .untilAsserted(() -> limited.stub(beta.node(3)).heartbeat(BEAT));
    }

    @Test
    void aSilentHandshake_isCutOff_afterItsTime() throws IOException {
        limited(Map.of("handshake-timeout", "200ms"));
        try (Socket silent = new Socket("localhost", limited.port())) {
            silent.setSoTimeout(9_000); // less than the default
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void headers_mayBeAsLargeAsTheyMay() {
        Metadata large = new Metadata();
        large.put(Metadata.Key.of("padding", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9_000));
        var withLargeHeaders = MetadataUtils.newAttachHeadersInterceptor(large);
        StatusRuntimeException tooLarge =
                refused(() -> gate.stub(node).withInterceptors(withLargeHeaders).heartbeat(BEAT));
        assertThat(tooLarge.getStatus().getCode()).isNotEqualTo(Status.Code.OK);

        limited(Map.of("max-header-size", "16KiB"));
        limited.stub(node).withInterceptors(withLargeHeaders).heartbeat(BEAT);
    }

    @Test
    void theOldestVersionOfTls_isAsConfigured() {
        on(gate.channel(node.credential(), "TLSv1.2")).heartbeat(BEAT);
        limited(Map.of("tls-min-version", "1.3"));
        var old = on(limited.channel(node.credential(), "TLSv1.2"));
        assertThat(refused(() -> old.heartbeat(BEAT)).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        limited.stub(node).heartbeat(BEAT);
    }

    @Test
    void aChain_mayBeAsLargeAsItMay() {
        CertificateSpec withManyNames = alpha.nodeSpec(3);
        for (int i = 0; i < 100; i++) {
            withManyNames = withManyNames.host("a".repeat(200) + i);
        }
        Member large = alpha.mint(withManyNames);
        assertThat(refused(() -> gate.stub(large).heartbeat(BEAT)).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);

        limited(Map.of("max-certificate-chain-size", "32KiB"));
        limited.stub(large).heartbeat(BEAT);
    }

    private static GatewayServiceBlockingStub on(Channel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel).withCallCredentials(TestGate.bearer(node.token()));
    }
}
