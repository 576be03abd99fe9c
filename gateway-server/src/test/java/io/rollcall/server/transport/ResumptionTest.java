package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.testing.EchoService;
import io.rollcall.server.testing.TestGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client whose certificate was withdrawn must not come back by resuming its TLS session, which asks for none. Red
 * without {@link TlsDefaults}: the session is resumed and the connection stays open.
 */
class ResumptionTest {
    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    // Forbidden (RFC 9113 §6.7): the server closes the connection, after all that the handshake has to say.
    private static final byte[] PING_ON_A_STREAM = {0, 0, 8, 6, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

    @TempDir
    private Path directory;

    private String openssl(int port, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                "localhost:" + port,
                "-alpn",
                "h2",
                "-ign_eof",
                "-servername",
                "localhost"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            in.write(EMPTY_SETTINGS);
            in.write(PING_ON_A_STREAM);
        } catch (IOException closedByPeer) {
            assertThat(closedByPeer).hasMessageContaining("Broken pipe");
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        process.waitFor();
        return output;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void aSession_isNotResumed(String protocol) throws Exception {
        DevCerts certs = DevCerts.in(directory);
        certs.issue(NodeRange.of("alpha", 1, 1));
        Path node = certs.namespace("alpha").nodeDirectory(1);
        String certificate = node.resolve("cert.pem").toString();
        String key = node.resolve("key.pem").toString();
        Path session = directory.resolve("session");
        try (TestGate gate = new TestGate(certs, Clock.systemUTC(), new EchoService())) {
            String first =
                    openssl(gate.port(), protocol, "-cert", certificate, "-key", key, "-sess_out", session.toString());
            assertThat(first).contains("New, TLSv1").doesNotContain("alert");
            assertThat(gate.connections).hasValue(1);

            List<String> again = new ArrayList<>(List.of(protocol));
            if (Files.exists(session)) {
                again.addAll(List.of("-sess_in", session.toString()));
            }
            String second = openssl(gate.port(), again.toArray(new String[0]));

            assertThat(second).doesNotContain("Reused,").contains("alert");
            assertThat(gate.connections).hasValue(1);
        }
    }
}
