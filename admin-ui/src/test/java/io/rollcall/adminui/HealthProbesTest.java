package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.RawBrowser.Answer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /livez} and {@code /readyz}, as balancers and orchestrators ask for them. */
class HealthProbesTest {
    @TempDir
    private Path directory;

    private ConsoleFixture fixture;
    private RawBrowser prober;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        fixture = new ConsoleFixture(directory, ConsoleFixture.quiet(200));
        prober = new RawBrowser(fixture.certificates, fixture.console.port());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** By HEAD as by GET. Planted bug: Javalin's own answer to HEAD, which is 200 whatever GET says. */
    private void assertAnswer(String path, int status, String body) throws IOException {
        Answer get = prober.request("GET", path);
        assertThat(get.status()).as("GET %s: %s", path, get).isEqualTo(status);
        assertThat(get.body()).isEqualTo(body);
        Answer head = prober.request("HEAD", path);
        assertThat(head.status()).as("HEAD %s: %s", path, head).isEqualTo(status);
        assertThat(head.body()).isEmpty();
        for (Answer answer : List.of(get, head)) {
            assertThat(answer.headers())
                    .containsEntry("content-type", "text/plain;charset=utf-8")
                    .containsEntry("cache-control", "no-store")
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsKey("content-security-policy")
                    .doesNotContainKeys("set-cookie", "server", "location");
        }
    }

    @Test
    void aGatewayThatIsWell_isLiveAndReady() throws IOException {
        assertAnswer("/livez", 200, "ok\n");
        assertAnswer("/readyz", 200, "ok\n");
        assertThat(fixture.stranger().get("/readyz?verbose").body())
                .as("over HTTP/2, no detail either")
                .isEqualTo("ok\n");
    }

    @Test
    void aGatewayThatIsNotReady_isLive() throws IOException {
        fixture.backend.isReady = false;
        assertAnswer("/livez", 200, "ok\n");
        assertAnswer("/readyz", 503, "not ready\n");
    }

    @Test
    void aGatewayThatIsNotLive_saysSo() throws IOException {
        fixture.backend.isLive = false;
        assertAnswer("/livez", 503, "not live\n");
    }

    @Test
    void whoGuessesPasswords_holdsUpNoProber() throws IOException {
        for (int i = 0; i < 8; i++) {
            fixture.stranger().signIn("no-such-password");
        }
        assertThat(fixture.stranger().signIn(fixture.password()).statusCode()).isEqualTo(429);
        assertAnswer("/livez", 200, "ok\n");
        assertAnswer("/readyz", 200, "ok\n");
    }

    /** Kubernetes takes a redirect for success: a probe with the wrong path would never fail. */
    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/livez/", "/"})
    void aMisspeltPath_isNoSuccess(String path) throws IOException {
        for (String method : List.of("GET", "HEAD")) {
            assertThat(prober.request(method, path, "Accept: */*").status()).isEqualTo(401);
            assertThat(prober.request(method, path).status()).isEqualTo(401);
        }
    }

    /** Planted bug: the guard looked for a session first. */
    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz"})
    void aSession_isNeitherNeededNorProlonged(String path) throws IOException {
        Browser browser = fixture.signedIn();
        fixture.pass(Duration.ofMinutes(20));
        HttpResponse<String> answer = browser.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        fixture.pass(Duration.ofMinutes(20));
        assertThat(browser.get("/account").statusCode())
                .as("40 minutes without a page")
                .isEqualTo(303);
    }
}
