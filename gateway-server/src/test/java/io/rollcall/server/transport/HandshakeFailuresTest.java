package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.rollcall.server.testing.HeardAtTheGate;
import io.rollcall.server.testing.TestTicker;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * What netty's failures mean, and how many lines they leave in the log.
 *
 * <p>Planted bugs: suppressed causes not looked at; a line for each failure.
 */
class HandshakeFailuresTest {
    private final HeardAtTheGate heard = new HeardAtTheGate();
    private final TestTicker ticker = new TestTicker();
    private final HandshakeFailures failures = new HandshakeFailures(heard, ticker::nanos);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(HandshakeLog.class);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    private static Throwable boring(String word) {
        return new SSLHandshakeException("error:10000412:SSL routines:OPENSSL_internal:" + word);
    }

    private static Throwable suppressing(Throwable suppressed) {
        SSLException top = new SSLException("General OpenSslEngine problem");
        top.addSuppressed(suppressed);
        return top;
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(boring("PEER_DID_NOT_RETURN_A_CERTIFICATE"), "CERTIFICATE_MISSING"),
                Arguments.of(boring("CANNOT_PARSE_LEAF_CERT"), "CERTIFICATE_UNREADABLE"),
                Arguments.of(boring("WRONG_SIGNATURE_TYPE"), "CERTIFICATE_UNSUPPORTED"),
                Arguments.of(boring("KEY_USAGE_BIT_INCORRECT"), "CERTIFICATE_PROFILE"),
                Arguments.of(boring("BAD_PACKET_LENGTH"), "PEER_ALERT"),
                Arguments.of(boring("SSLV3_ALERT_CERTIFICATE_EXPIRED"), "GATEWAY_UNTRUSTED"),
                Arguments.of(boring("TLSV1_ALERT_UNKNOWN_CA"), "GATEWAY_UNTRUSTED"),
                Arguments.of(boring("TLSV1_ALERT_USER_CANCELLED"), "PEER_ALERT"),
                Arguments.of(boring("NO_SHARED_CIPHER"), "NO_SHARED_CIPHER"),
                Arguments.of(boring("UNSUPPORTED_PROTOCOL"), "PROTOCOL_VERSION"),
                Arguments.of(boring("SOMETHING_OF_TOMORROW"), "OTHER"),
                Arguments.of(suppressing(boring("NO_SHARED_CIPHER")), "NO_SHARED_CIPHER"),
                Arguments.of(new SSLException("x", boring("NO_SHARED_CIPHER")), "NO_SHARED_CIPHER"),
                Arguments.of(new NotSslRecordException("not an SSL/TLS record: 00"), "PLAINTEXT"),
                Arguments.of(new SslHandshakeTimeoutException("x"), "TIMEOUT"),
                Arguments.of(new ClosedChannelException(), "CLOSED"),
                Arguments.of(
                        new IOException("recvAddress(..) failed with error(-104): Connection reset by peer"), "CLOSED"),
                Arguments.of(new IllegalStateException("x"), "OTHER"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("failures")
    void eachFailure_hasAReasonOfTheClosedList(Throwable failure, String reason) {
        failures.failed("127.0.0.1:1", failure, false, true);
        assertThat(heard.events()).singleElement().asString().startsWith("handshake " + reason + ": ");
    }

    @Test
    void whoIsCutOffHere_ranOutOfTime() {
        failures.failed("127.0.0.1:1", new ClosedChannelException(), true, false);
        assertThat(heard.events()).containsExactly("handshake TIMEOUT: the client sent nothing");
    }

    @Test
    void ofEachReason_thereIsOneLineASecond_thatTellsOfTheOthers() {
        for (int i = 1; i <= 100; i++) {
            failures.failed("127.0.0.1:" + i, boring("NO_SHARED_CIPHER"), false, true);
        }
        failures.failed("127.0.0.1:200", boring("UNSUPPORTED_PROTOCOL"), false, true);
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "a handshake failed: no_shared_cipher from 127.0.0.1:1: TLS: no_shared_cipher",
                        "a handshake failed: protocol_version from 127.0.0.1:200: TLS: unsupported_protocol");
        ticker.advance(Duration.ofSeconds(1));
        failures.failed("127.0.0.1:300", boring("NO_SHARED_CIPHER"), false, true);
        assertThat(lines.list.get(2).getFormattedMessage())
                .isEqualTo("a handshake failed: no_shared_cipher from 127.0.0.1:300: TLS: no_shared_cipher"
                        + " (and 99 more of this reason before)");
        assertThat(heard.events()).hasSize(102);
    }

    @Test
    void aProbeThatSaysNothing_leavesNoLine_andIsCounted() {
        failures.failed("127.0.0.1:1", new ClosedChannelException(), false, false);
        assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.INFO));
        assertThat(heard.events()).hasSize(1);
    }
}
