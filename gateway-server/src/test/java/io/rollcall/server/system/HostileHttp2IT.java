package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames that a member's own client would never send, on a connection that the gateway has let in. It is cut off or
 * refused, and after each attack the gateway answers others as before.
 */
@Timeout(120)
class HostileHttp2IT {
    private static final String STATS = "rollcall.v1.GatewayService/GetStats";
    private static final int MANY = 20_000;

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static MemberChannel bystander;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir);
        Member other = gateway.certs().namespace("beta").node(1);
        bystander = new MemberChannel(gateway, other.credential(), other.token());
    }

    @AfterAll
    static void stop() throws Exception {
        bystander.close();
        gateway.close();
    }

    @AfterEach
    void othersAreAnsweredAsBefore() {
        var stats = GatewayServiceGrpc.newBlockingStub(bystander.channel())
                .withDeadlineAfter(Duration.ofSeconds(10))
                .getStats(GetStatsRequest.getDefaultInstance());
        assertThat(stats.getTotalNodes()).isZero();
        assertThat(gateway.process().isAlive()).isTrue();
    }

    private static RawHttp2 connect() throws Exception {
        return new RawHttp2(gateway, gateway.certs().namespace("alpha").node(1)).begin();
    }

    private static Map<String, String> token() {
        return Map.of(
                "authorization",
                "Bearer " + gateway.certs().namespace("alpha").node(1).token());
    }

    /** Writes until done or cut off. */
    private interface Attack {
        void on(RawHttp2 connection) throws IOException;
    }

    private static void untilCutOff(RawHttp2 connection, Attack attack) throws IOException {
        try {
            attack.on(connection);
        } catch (SocketException | SSLException cutOff) {
            assertThat(cutOff).isNotNull(); // the gateway hung up while the attack went on
        }
    }

    /** CVE-2023-44487. */
    @Test
    void rapidReset_endsTheConnection() throws Exception {
        byte[] call = RawHttp2.call(STATS, token());
        byte[] cancel = {0, 0, 0, 8};
        try (RawHttp2 connection = connect()) {
            untilCutOff(connection, it -> {
                for (int stream = 1; stream < 2 * MANY; stream += 2) {
                    it.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, call)
                            .frame(RawHttp2.RST_STREAM, 0, stream, cancel)
                            .flush();
                }
            });
            connection.awaitEnd();
        }
    }

    /** CVE-2024-27316: a header block that never ends. */
    @Test
    void continuationsWithoutEnd_endTheConnection() throws Exception {
        byte[] call = RawHttp2.call(STATS, Map.of());
        byte[] more = RawHttp2.call(STATS, Map.of("x-more", "x".repeat(8_000)));
        try (RawHttp2 connection = connect()) {
            untilCutOff(connection, it -> {
                it.frame(RawHttp2.HEADERS, 0, 1, call);
                for (int i = 0; i < MANY; i++) {
                    it.frame(RawHttp2.CONTINUATION, 0, 1, more).flush();
                }
            });
            connection.awaitEnd();
        }
    }

    @Test
    void pingsWithoutEnd_endTheConnection() throws Exception {
        byte[] ping = new byte[8];
        try (RawHttp2 connection = connect()) {
            untilCutOff(connection, it -> {
                for (int i = 0; i < MANY; i++) {
                    it.frame(RawHttp2.PING, 0, 0, ping).flush();
                }
            });
            int enhanceYourCalm = 11;
            assertThat(connection.awaitEnd()).isIn(enhanceYourCalm, -1);
        }
    }

    /** The answers are not read: they must not pile up. */
    @Test
    void settingsWithoutEnd_endTheConnection() throws Exception {
        try (RawHttp2 connection = connect()) {
            untilCutOff(connection, it -> {
                for (int i = 0; i < 50 * MANY; i++) {
                    it.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]);
                }
                it.flush();
            });
            connection.awaitEnd();
        }
    }

    @Test
    void headersThatAreTooLarge_areRefused() throws Exception {
        byte[] call = RawHttp2.call(STATS, Map.of("x-large", "x".repeat(12_000)));
        try (RawHttp2 connection = connect()) {
            connection.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call).flush();
            assertThat(firstAnswerOf(connection, 1)).isIn(RawHttp2.HEADERS, RawHttp2.RST_STREAM, RawHttp2.GO_AWAY);
        }
    }

    @Test
    void aMessageThatIsTooLarge_isRefused_beforeItIsThere() throws Exception {
        byte[] call = RawHttp2.call(STATS, token());
        byte[] gigabyte = ByteBuffer.allocate(5).put((byte) 0).putInt(1 << 30).array();
        try (RawHttp2 connection = connect()) {
            connection
                    .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call)
                    .frame(RawHttp2.DATA, 0, 1, gigabyte)
                    .flush();
            assertThat(firstAnswerOf(connection, 1)).isIn(RawHttp2.HEADERS, RawHttp2.RST_STREAM);
        }
    }

    @Test
    void whatIsNotHttp2_endsTheConnection() throws Exception {
        try (RawHttp2 connection =
                new RawHttp2(gateway, gateway.certs().namespace("alpha").node(1))) {
            connection.frame(77, 255, -1, new byte[9_000]).flush();
            connection.awaitEnd();
        }
    }

    /** Ten seconds, unless it is told otherwise. */
    @Test
    void aHandshakeThatNeverBegins_isGivenUp() throws Exception {
        try (Socket silent = new Socket("localhost", gateway.port())) {
            silent.setSoTimeout(60_000);
            long began = System.nanoTime();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            System.out.printf(
                    "a silent connection was given up after %d ms%n",
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
        }
    }

    /** The type of the first frame about the stream, or about the whole connection's end. */
    private static int firstAnswerOf(RawHttp2 connection, int stream) throws IOException {
        while (true) {
            RawHttp2.Frame frame = connection.read();
            if (frame.stream() == stream || frame.type() == RawHttp2.GO_AWAY) {
                return frame.type();
            }
        }
    }
}
