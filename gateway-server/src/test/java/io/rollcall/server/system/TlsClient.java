package io.rollcall.server.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code openssl s_client}: somebody else's TLS, with nothing of ours in it. */
final class TlsClient {
    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    // Forbidden (RFC 9113 §6.7): the server closes the connection, after all that the handshake has to say.
    private static final byte[] PING_ON_A_STREAM = {0, 0, 8, 6, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", Pattern.DOTALL);

    private static final Pattern ALERT = Pattern.compile("SSL alert number (\\d+)");

    private final int port;
    private final String protocol;

    /** @param protocol such as {@code -tls1_3} */
    TlsClient(int port, String protocol) {
        this.port = port;
        this.protocol = protocol;
    }

    /** Connects with a member's files, keeps the session for later, and gives what openssl says. */
    String connect(Path member, Path session) throws IOException, InterruptedException {
        return run(
                "-cert",
                member.resolve("cert.pem").toString(),
                "-key",
                member.resolve("key.pem").toString(),
                "-sess_out",
                session.toString());
    }

    /** Connects by the session alone, without certificate; where there is none, without anything. */
    String resume(Path session) throws IOException, InterruptedException {
        return Files.exists(session) ? run("-sess_in", session.toString()) : run();
    }

    /**
     * Connects with a member's files, and offers these suites of TLS 1.2 or older and no other; gives what openssl
     * says.
     *
     * @param suites as {@code openssl ciphers} takes them
     */
    String offer(String suites, Path member) throws IOException, InterruptedException {
        return run(
                "-cipher",
                suites,
                "-cert",
                member.resolve("cert.pem").toString(),
                "-key",
                member.resolve("key.pem").toString());
    }

    /**
     * Connects with a member's files, and takes these signatures and no other; gives what openssl says.
     *
     * @param algorithms as {@code openssl s_client -sigalgs} takes them
     */
    String accept(String algorithms, Path member) throws IOException, InterruptedException {
        return run(
                "-sigalgs",
                algorithms,
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-cert",
                member.resolve("cert.pem").toString(),
                "-key",
                member.resolve("key.pem").toString());
    }

    /**
     * Connects with these files, weak ones too; gives what openssl says.
     *
     * @param along certificates that are sent behind the first
     */
    String show(Path certificate, Path key, Optional<Path> along) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(
                List.of("-cipher", "DEFAULT@SECLEVEL=0", "-cert", certificate.toString(), "-key", key.toString()));
        along.ifPresent(file -> options.addAll(List.of("-cert_chain", file.toString())));
        return run(options.toArray(String[]::new));
    }

    /** Connects without a certificate, and gives what openssl says, the server's certificates among it. */
    String showNothing(String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-showcerts");
        return run(all.toArray(String[]::new));
    }

    /** Connects with a member's files, and offers HTTP/1.1 alone. */
    String withoutHttp2(Path member) throws IOException, InterruptedException {
        return run(
                "-alpn",
                "http/1.1",
                "-cert",
                member.resolve("cert.pem").toString(),
                "-key",
                member.resolve("key.pem").toString());
    }

    /** The number of the alert that openssl heard (RFC 8446 §6); empty: none. */
    static OptionalInt alert(String said) {
        Matcher alert = ALERT.matcher(said);
        return alert.find() ? OptionalInt.of(Integer.parseInt(alert.group(1))) : OptionalInt.empty();
    }

    /** The server's certificate, PEM. */
    String serverCertificate() throws IOException, InterruptedException {
        Matcher certificate = PEM.matcher(run());
        if (!certificate.find()) {
            throw new AssertionError("no certificate was shown");
        }
        return certificate.group();
    }

    /**
     * Takes either protocol: with HTTP/2 alone, the weak suites that it forbids (RFC 9113 §9.2.2) would not be tried.
     */
    private String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "openssl", "s_client", "-connect", "localhost:" + port, "-alpn", "h2,http/1.1", "-ign_eof", protocol));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            in.write(EMPTY_SETTINGS);
            in.write(PING_ON_A_STREAM);
        } catch (IOException closedByPeer) {
            if (!String.valueOf(closedByPeer.getMessage()).contains("Broken pipe")) {
                throw closedByPeer;
            }
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        process.waitFor();
        return output;
    }
}
