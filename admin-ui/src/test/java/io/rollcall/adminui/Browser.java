package io.rollcall.adminui;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of a browser as these tests need: one cookie, forms, Fetch Metadata, and no redirects on its own. */
final class Browser {

    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

    private final HttpClient http;
    private final String origin;
    private String cookie = "";

    Browser(Certificates certificates, int port) {
        this.http = HttpClient.newBuilder().sslContext(certificates.trust()).build();
        this.origin = "https://localhost:" + port;
    }

    String cookie() {
        return cookie;
    }

    void setCookie(String value) {
        cookie = value;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    /** As a browser sends a form of the console's own page. */
    HttpResponse<String> post(String path, Map<String, String> form) {
        return post(path, form, "Sec-Fetch-Site", "same-origin");
    }

    HttpResponse<String> post(String path, Map<String, String> form, String... headers) {
        String body = form.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(request(path, headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> signIn(String password, String... headers) {
        Map<String, String> form = Map.of("user", "admin", "password", password, "next", "/");
        return headers.length == 0 ? post("/signin", form) : post("/signin", form, headers);
    }

    /** The token of the forms on the page that is open. */
    String csrf() {
        Matcher token = CSRF.matcher(get("/account").body());
        if (!token.find()) {
            throw new AssertionError("no form with a token on /account");
        }
        return token.group(1);
    }

    /** Opens a stream and gathers its lines. */
    Stream events(String path) {
        try {
            HttpResponse<InputStream> response = http.send(
                    request(path, "Accept", "text/event-stream").GET().build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            return new Stream(response);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Opens a stream and leaves it at that. */
    void openAndNeverRead(String path) {
        http.sendAsync(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(origin + path)).header("Accept", "text/html,*/*;q=0.8");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return cookie.isEmpty() ? request : request.header("Cookie", "__Host-rollcall=" + cookie);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            response.headers().allValues("Set-Cookie").forEach(set -> {
                if (set.startsWith("__Host-rollcall=")) {
                    cookie = set.substring("__Host-rollcall=".length(), set.indexOf(';'));
                }
            });
            return response;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A stream of events being read by a thread of its own. */
    static final class Stream implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private volatile boolean ended;

        Stream(HttpResponse<InputStream> response) {
            this.response = response;
            Thread reader = new Thread(this::read, "events");
            reader.setDaemon(true);
            reader.start();
        }

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        List<String> lines() {
            return List.copyOf(lines);
        }

        boolean ended() {
            return ended;
        }

        private void read() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                in.lines().forEach(lines::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                lines.add("broken: " + e.getMessage());
            } finally {
                ended = true;
            }
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}
