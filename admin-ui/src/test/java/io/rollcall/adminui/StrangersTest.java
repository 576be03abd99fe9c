package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.RawBrowser.Answer;
import io.rollcall.adminui.https.HttpsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody gets who has neither signed in nor the scrape token, with well-formed requests and with others. */
class StrangersTest {
    private static final List<String> METHODS = List.of(
            "GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE", "QUERY", "CONNECT", "PROPFIND", "X");
    private static final Set<String> OPEN = Set.of("/signin", "/livez", "/readyz");

    @TempDir
    private static Path directory;

    private static ConsoleFixture fixture;
    private static RawBrowser stranger;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        fixture = new ConsoleFixture(directory, ConsoleFixture.quiet(200));
        stranger = new RawBrowser(fixture.certificates, fixture.console.port());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    /** Planted bug: the token was asked for by the route of GET alone, which HEAD does not come by. */
    @Test
    void everyRoute_byEveryMethod_asksForASessionOrTheToken() throws IOException {
        Set<String> paths = fixture.console.paths();
        assertThat(paths).contains("/metrics", "/livez", "/readyz", "/", "/account", "/api/v1/events");
        for (String path : paths) {
            String concrete = path.replaceAll("\\{\\w+}|\\*", "x");
            for (String method : METHODS) {
                if (concrete.isEmpty()
                        || OPEN.contains(path) && Set.of("GET", "HEAD").contains(method)) {
                    continue;
                }
                for (String origin : List.of("X-Nothing: 1", "Sec-Fetch-Site: same-origin")) {
                    Answer answer = stranger.request(method, concrete, origin, "Content-Length: 0");
                    assertThat(answer.status())
                            .as("%s %s, %s: %s", method, concrete, origin, answer)
                            .isGreaterThanOrEqualTo(300)
                            .isLessThan(500);
                    assertGuarded(answer);
                }
            }
        }
    }

    @Test
    void metrics_areMeasuredForWhoHasTheToken_byHeadToo() throws IOException {
        assertThat(stranger.request("HEAD", "/metrics").status()).isEqualTo(401);
        String token = java.nio.file.Files.readString(fixture.data.resolve("metrics-token"))
                .strip();
        Answer head = stranger.request("HEAD", "/metrics", "Authorization: Bearer " + token);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(stranger.request("GET", "/metrics", "Authorization: Bearer " + token)
                        .body())
                .isEqualTo("nodes 3\n");
    }

    static Stream<String> malformed() {
        String host = "Host: localhost\r\n";
        return Stream.of(
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n" + host + "\r\n",
                "GET /  HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /%zz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /%00 HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /%c0%af HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /a/..;/b HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /%2e%2e/ HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET /../../x HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET http://[::1/ HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: @:@\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: one\r\nHost: two\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\n" + host + "no colon\r\n\r\n",
                "GET / HTTP/1.1\r\n" + host + "A: " + "x".repeat(20_000) + "\r\n\r\n",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n" + host + "\r\n",
                "OPTIONS * HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "CONNECT example.org:443 HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
                "POST /signin HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n",
                "POST /signin HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /signin HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /signin HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n",
                "POST /signin HTTP/1.1\r\n" + host + "Expect: something\r\nContent-Length: 1\r\n\r\nx",
                "POST /signin HTTP/1.1\r\n" + host + "Connection: close\r\nContent-Length: 20000\r\n\r\n"
                        + "x".repeat(20_000),
                "GET /ws HTTP/1.1\r\n" + host
                        + "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\n" + host + "Sec-WebSocket-Version: 13\r\nConnection: close\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nnonsense instead of SM");
    }

    /** Planted bug: Jetty's own error pages, at the server and at the servlets'. */
    @ParameterizedTest
    @MethodSource("malformed")
    void malformedRequest_isAnsweredUnderTheHeadersOfAllOthers(String text) throws IOException {
        Answer answer = stranger.send(text);
        assertThat(answer.status()).isBetween(300, 505);
        assertGuarded(answer);
    }

    /** Planted bug: it stayed open, as for a tunnel, until the console took the client for late. */
    @Test
    void aConnectionWhoseTunnelIsRefused_isClosed() throws IOException {
        assertThat(stranger.request("CONNECT", "example.org:443").headers()).containsEntry("connection", "close");
    }

    private static void assertGuarded(Answer answer) {
        assertThat(answer.headers())
                .containsEntry("x-content-type-options", "nosniff")
                .containsEntry("cache-control", "no-store")
                .doesNotContainKeys("server", "x-powered-by", "allow")
                .hasEntrySatisfying("content-security-policy", policy -> assertThat(policy)
                        .contains("default-src 'none'", "frame-ancestors 'none'"));
        assertThat(answer.body())
                .doesNotContainIgnoringCase("jetty")
                .doesNotContain("org.eclipse", "io.javalin", "\tat ", "badMessage", "servlet");
    }

    /** Longer answers are not gathered whole: a stranger could hold a thread by not reading them. */
    @Test
    void everyAnswerToAStranger_isShortEnoughToBeGathered() throws IOException {
        String page = stranger.request("GET", "/signin").body();
        Matcher folder = Pattern.compile("/assets/\\w+/").matcher(page);
        assertThat(folder.find()).isTrue();
        for (String name : List.of("console.css", "theme.js", "live.js", "icon.svg", "htmx.js")) {
            Answer asset = stranger.request("GET", folder.group() + name);
            assertThat(asset.status()).isEqualTo(200);
            assertThat(asset.body().length()).isBetween(1, HttpsServer.LONGEST_GATHERED);
        }
        assertThat(page.length()).isLessThan(HttpsServer.LONGEST_GATHERED);
    }
}
