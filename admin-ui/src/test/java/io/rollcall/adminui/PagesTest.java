package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rollcall.adminui.AdminConsole.Settings;
import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.NodeState;
import io.rollcall.adminui.ConsoleBackend.Severity;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pages and JSON say of the gateway, and the headers they say it under. */
class PagesTest extends ConsoleTest {
    private Browser browser;

    @BeforeEach
    void signIn() throws IOException {
        browser = fixture.signedIn();
    }

    @Test
    void emptyGateway_saysWhatToDo() {
        assertThat(browser.get("/").body()).contains("No namespace yet", "<code>localhost:8090</code>", "RegisterNode");
    }

    @Test
    void overview_showsNamespacesTheirLeadersAndWhatNeedsAttention() {
        fixture.backend.found("alpha", 41, List.of(FakeBackend.leader(1), FakeBackend.node(2)));
        fixture.backend.found(
                "beta",
                0,
                List.of(FakeBackend.node(6, NodeState.SUSPECTED, Duration.ofSeconds(17), Map.of())),
                new Attention(
                        Severity.PROBLEM,
                        "The namespace has no leader",
                        Instant.now().minusSeconds(190),
                        "The gateway waits for a member to report one",
                        "See why the members do not elect"));
        String page = browser.get("/").body();

        assertThat(page).contains("data-namespace=\"alpha\"", "data-namespace=\"beta\"", "node 1", "10.0.0.1:50051");
        assertThat(page).contains("The namespace has no leader", "See why the members do not elect", "3 min");
        assertThat(page).contains("data-severity=\"problem\"", "data-events=\"/api/v1/events\"");
    }

    @Test
    void overview_showsWhatNeedsAttentionOfTheGatewayItself() {
        fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
        fixture.backend.needsAttention(new Attention(
                Severity.PROBLEM,
                "its new certificate cannot be used",
                Instant.now().minusSeconds(190),
                "new connections are shown the one before",
                "renew it"));

        assertThat(browser.get("/").body())
                .contains("<p class=\"what\">its new certificate cannot be used</p>", "renew it", "1 thing to look at");
    }

    @Test
    void namespacePage_showsEveryNodeWithItsState() {
        fixture.backend.found(
                "alpha",
                18_204,
                List.of(
                        FakeBackend.leader(1),
                        FakeBackend.node(2, NodeState.SUSPECTED, Duration.ofMillis(12_400), Map.of()),
                        FakeBackend.node(3, NodeState.FAILED, Duration.ofSeconds(600), Map.of())));
        String page = browser.get("/namespaces/alpha").body();

        assertThat(page).contains("data-node-id=\"1\" data-state=\"active\" data-leader=\"true\"");
        assertThat(page).contains("data-node-id=\"2\" data-state=\"suspected\" data-leader=\"false\"");
        assertThat(page).contains("data-node-id=\"3\" data-state=\"failed\"");
        assertThat(page).contains("data-testid=\"leader\" data-leader=\"1\"", "term 18\u202f204");
        assertThat(page)
                .contains("0.4 s ago", "12 s ago", "1 missed", "10 min ago")
                .doesNotContain("120 missed");
        assertThat(page).contains("15 s", "a heartbeat every 5 s", "epoch 1");
    }

    @Test
    void whatNodesSay_isTextAndNeverMarkup() {
        String hostile = "<script>alert(1)</script>\"' onmouseover=\"x";
        fixture.backend.found(
                "alpha", 1, List.of(FakeBackend.node(1, NodeState.ACTIVE, Duration.ZERO, Map.of(hostile, hostile))));
        String page = browser.get("/namespaces/alpha").body();

        assertThat(page).doesNotContain("<script>alert").contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    @Test
    void fragment_isTheContentAlone() {
        fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
        HttpResponse<String> fragment = browser.get("/namespaces/alpha", "HX-Request", "true");

        assertThat(fragment.body())
                .contains("data-node-id=\"1\"", "hx-swap-oob=\"true\"")
                .doesNotContain("<html", "csrf");
    }

    @Test
    void everyAnswer_isLockedDown() {
        for (String path : new String[] {"/", "/signin", "/nothing", "/api/v1/namespaces", "/api/v1/nothing"}) {
            Map<String, List<String>> headers = browser.get(path).headers().map();
            assertThat(headers)
                    .containsEntry(
                            "content-security-policy",
                            List.of(
                                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                                            + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"))
                    .containsEntry("x-content-type-options", List.of("nosniff"))
                    .containsEntry("referrer-policy", List.of("no-referrer"))
                    .containsEntry("cache-control", List.of("no-store"))
                    .doesNotContainKeys("strict-transport-security", "server");
        }
    }

    @Test
    void pages_holdNoInlineScriptOrStyle() {
        fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
        for (String path : new String[] {"/", "/namespaces/alpha", "/account", "/nothing"}) {
            assertThat(browser.get(path).body())
                    .doesNotContainPattern(
                            Pattern.compile("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=|https?://"));
        }
    }

    @Test
    void assets_areKeptByTheirVersion() {
        String page = fixture.stranger().get("/signin").body();
        var path = Pattern.compile("/assets/[0-9a-f]{12}/console\\.css").matcher(page);
        assertThat(path.find()).isTrue();

        HttpResponse<String> css = fixture.stranger().get(path.group());
        assertThat(css.statusCode()).isEqualTo(200);
        assertThat(css.headers().firstValue("Cache-Control")).hasValue("public, max-age=31536000, immutable");
        assertThat(fixture.stranger().get("/assets/000000000000/console.css").statusCode())
                .isEqualTo(404);
    }

    @Test
    void unknownAddresses_haveAPageAndAJsonBody() {
        HttpResponse<String> page = browser.get("/namespaces/nobody");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("There is no such page", "There is no namespace of this name");
        assertThat(browser.get("/nothing").body()).contains("There is no such page");

        HttpResponse<String> json = browser.get("/api/v1/namespaces/nobody/nodes");
        assertThat(json.statusCode()).isEqualTo(404);
        assertThat(json.body()).startsWith("{\"error\":\"not_found\",\"message\":");
    }

    @Test
    void brokenGateway_showsNoStackTrace() throws Exception {
        fixture.close();
        ConsoleBackend broken = new BrokenBackend();
        try (AdminConsole console = AdminConsole.start(
                new Settings("localhost", 0, fixture.certificates.chain(), fixture.certificates.key(), fixture.data),
                broken,
                ConsoleAudit.NONE)) {
            Browser visitor = new Browser(fixture.certificates, console.port());
            visitor.signIn(fixture.password());
            for (String path : new String[] {"/namespaces/alpha", "/api/v1/namespaces/alpha"}) {
                HttpResponse<String> answer = visitor.get(path);
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(answer.body()).contains("log says what went wrong").doesNotContain("at io.", "Exception");
            }
        }
    }

    @Test
    void malformedRequest_learnsNothingOfTheServer() throws IOException {
        try (SSLSocket socket = (SSLSocket)
                fixture.certificates.trust().getSocketFactory().createSocket("localhost", fixture.console.port())) {
            socket.getOutputStream()
                    .write("GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").doesNotContainIgnoringCase("jetty", "Exception", "at org.");
        }
    }

    @Test
    void json_isTheSameStateInSnakeCase() throws IOException {
        fixture.backend.found(
                "alpha",
                7,
                List.of(
                        FakeBackend.leader(1),
                        FakeBackend.node(2, NodeState.SUSPECTED, Duration.ofMillis(6_200), Map.of())));

        JsonNode all = json("/api/v1/namespaces").get("namespaces");
        assertThat(all).hasSize(1);
        assertThat(all.get(0).get("name").asText()).isEqualTo("alpha");
        assertThat(all.get(0).get("leader").get("node_id").asInt()).isEqualTo(1);
        assertThat(all.get(0).get("nodes").get("suspected").asInt()).isEqualTo(1);
        assertThat(all.get(0).get("bootstrap").asText()).isEqualTo("confirmed");

        JsonNode one = json("/api/v1/namespaces/alpha");
        assertThat(one.get("revision").asLong()).isEqualTo(1);
        assertThat(one.get("heartbeat_interval").asDouble()).isEqualTo(5.0);
        assertThat(one.get("node_timeout").asDouble()).isEqualTo(15.0);

        JsonNode node = json("/api/v1/namespaces/alpha/nodes").get("nodes").get(1);
        assertThat(node.get("node_id").asInt()).isEqualTo(2);
        assertThat(node.get("ip_address").asText()).isEqualTo("10.0.0.2");
        assertThat(node.get("status").asText()).isEqualTo("suspected");
        assertThat(node.get("silence").asDouble()).isEqualTo(6.2);
        assertThat(Instant.parse(node.get("last_seen").asText())).isBefore(Instant.now());
        assertThat(node.has("join_timestamp")).isTrue();
    }

    @Test
    void browsersGetHttp2() {
        assertThat(browser.get("/").version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @Test
    void rsaKeys_serveAsWell_andAWrongKeyIsRefusedInASentence() throws Exception {
        Certificates rsa = Certificates.in(directory, "RSA");
        try (AdminConsole console = AdminConsole.start(
                new Settings("localhost", 0, rsa.chain(), rsa.key(), fixture.data),
                fixture.backend,
                ConsoleAudit.NONE)) {
            assertThat(new Browser(rsa, console.port()).get("/signin").statusCode())
                    .isEqualTo(200);
        }
        Settings mixed = new Settings("localhost", 0, rsa.chain(), fixture.certificates.key(), fixture.data);
        assertThatThrownBy(() -> AdminConsole.start(mixed, fixture.backend, ConsoleAudit.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the private key of");
        Path nothing = Files.writeString(directory.resolve("nothing.pem"), "nothing");
        Settings empty = new Settings("localhost", 0, rsa.chain(), nothing, fixture.data);
        assertThatThrownBy(() -> AdminConsole.start(empty, fixture.backend, ConsoleAudit.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no private key");
    }

    @Test
    void portInUse_isRefusedInASentence_andLeavesNothingBehind() {
        int listeners = fixture.backend.listeners();
        Settings taken = new Settings(
                "localhost",
                fixture.console.port(),
                fixture.certificates.chain(),
                fixture.certificates.key(),
                fixture.data);
        assertThatThrownBy(() -> AdminConsole.start(taken, fixture.backend, ConsoleAudit.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on localhost:" + fixture.console.port());
        assertThat(fixture.backend.listeners()).isEqualTo(listeners);
    }

    private JsonNode json(String path) throws IOException {
        HttpResponse<String> answer = browser.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }
}
