package io.rollcall.server.system;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1 to the console, written by hand, from a loopback address of the test's choosing. */
final class RawHttps implements AutoCloseable {
    private static final String COOKIE = "__Host-rollcall=";

    private final Socket plain;
    private final SSLSocket socket;
    private final InputStream in;

    /** @param headers by their names in small letters; of several with one name, the last */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The session that it begins. */
        String cookie() {
            String set = header("set-cookie");
            if (!set.startsWith(COOKIE)) {
                throw new AssertionError("no session: " + this);
            }
            return set.substring(0, set.indexOf(';'));
        }
    }

    private RawHttps(Socket plain, SSLSocket socket) throws IOException {
        this.plain = plain;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** @param patience for connecting, and for each read */
    static RawHttps connect(GatewayProcess gateway, String from, Duration patience)
            throws IOException, GeneralSecurityException {
        Socket plain = new Socket();
        try {
            plain.bind(new InetSocketAddress(from, 0));
            plain.setSoTimeout(Math.toIntExact(patience.toMillis()));
            int port = URI.create(gateway.console()).getPort();
            plain.connect(new InetSocketAddress("127.0.0.1", port), Math.toIntExact(patience.toMillis()));
            SSLSocket tls =
                    (SSLSocket) ConsoleHttp.trusting(gateway.certs().dir().resolve("gateway/ca.pem"))
                            .getSocketFactory()
                            .createSocket(plain, "localhost", port, true);
            tls.startHandshake();
            return new RawHttps(plain, tls);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** These characters, a request or not. */
    RawHttps send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** @param headers each with its line end */
    Answer get(String path, String headers) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                .read();
    }

    Answer signIn(String user, String password) throws IOException {
        String body = Map.of("user", user, "password", password, "next", "/").entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(postBegin(body.length()) + body).read();
    }

    /** A sign-in whose body of so many bytes is to follow. */
    static String postBegin(int length) {
        return "POST /signin HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** The next answer, whole. */
    Answer read() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = headers.containsKey("content-length")
                ? in.readNBytes(Integer.parseInt(headers.get("content-length")))
                : new byte[0];
        return new Answer(
                Integer.parseInt(statusLine.split(" ", 3)[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    /** What comes, byte by byte. */
    InputStream in() {
        return in;
    }

    /** The next line of whatever comes. @throws EOFException when the console has hung up */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the console hung up after: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** At once: TLS would wait until the console has closed its side too. */
    @Override
    public void close() throws IOException {
        plain.close();
    }
}
