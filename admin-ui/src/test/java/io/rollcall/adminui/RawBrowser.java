package io.rollcall.adminui;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLSocket;

/** Characters to the console over TLS, and what it says until it hangs up: requests that no library sends. */
record RawBrowser(Certificates certificates, int port) {
    private static final int PATIENCE_MILLIS = 20_000;

    /** @param headers by their names in small letters */
    record Answer(int status, Map<String, String> headers, String body) {}

    /** A request without a body, the last on its connection. */
    Answer request(String method, String path, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return send(text + "Connection: close\r\n\r\n");
    }

    Answer send(String text) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) certificates.trust().getSocketFactory().createSocket("localhost", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Answer parse(String all) {
        int end = all.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("not an answer: " + all);
        }
        String[] lines = all.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(lines[0].split(" ", 3)[1]), headers, all.substring(end + 4));
    }
}
