package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.adminui.signin.Administrator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, for how long, and what another site can make a browser do. */
class SignInTest extends ConsoleTest {
    @Test
    void firstStart_writesAPasswordForItsOwnerAlone_once() throws Exception {
        Path file = fixture.console.passwordFile().orElseThrow();
        String password = fixture.password();

        assertThat(password)
                .hasSizeGreaterThanOrEqualTo(20)
                .doesNotContainAnyWhitespaces()
                .doesNotContain("O", "0", "l", "1", "I");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(fixture.data.resolve("console-admin.json")).doesNotExist();

        restart();
        assertThat(fixture.password()).isEqualTo(password);
        assertThat(fixture.signedIn().get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void rightPassword_opensASessionInAGuardedCookie() throws IOException {
        Browser browser = fixture.stranger();
        HttpResponse<String> answer = browser.signIn(fixture.password());

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/"));
        assertThat(answer.headers().firstValue("Set-Cookie")).hasValueSatisfying(cookie -> assertThat(cookie)
                .startsWith("__Host-rollcall=")
                .containsIgnoringCase("; Secure")
                .containsIgnoringCase("; HttpOnly")
                .containsIgnoringCase("; SameSite=Strict")
                .containsIgnoringCase("; Path=/")
                .doesNotContainIgnoringCase("Domain"));
        assertThat(browser.cookie()).hasSizeGreaterThanOrEqualTo(43);
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void wrongPasswordAndUnknownUser_areRefusedAlike() throws IOException {
        HttpResponse<String> wrong = fixture.stranger().signIn("no-such-password");
        HttpResponse<String> unknown =
                fixture.stranger().post("/signin", Map.of("user", "root", "password", fixture.password()));

        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).contains("User name or password is wrong.");
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.body()).contains("User name or password is wrong.");
        assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void guessing_waitsLongerAndLonger_whateverHeadersSay() throws IOException {
        for (int guess = 1; guess <= 5; guess++) {
            assertThat(guess(guess).statusCode()).isEqualTo(401);
        }
        HttpResponse<String> held = guess(6);
        assertThat(held.statusCode()).isEqualTo(429);
        assertThat(held.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(held.body()).contains("Try again in 2 s.");

        fixture.pass(Duration.ofSeconds(2));
        assertThat(guess(7).statusCode()).isEqualTo(401);
        assertThat(guess(8).headers().firstValue("Retry-After")).hasValue("4");

        // The right password waits as well, or the limit would tell when it was guessed.
        assertThat(fixture.stranger().signIn(fixture.password()).statusCode()).isEqualTo(429);
        fixture.pass(Duration.ofSeconds(4));
        assertThat(fixture.stranger().signIn(fixture.password()).statusCode()).isEqualTo(303);
        assertThat(guess(9).statusCode()).isEqualTo(401);
    }

    private HttpResponse<String> guess(int number) {
        return fixture.stranger()
                .signIn("guess-" + number, "Sec-Fetch-Site", "same-origin", "X-Forwarded-For", "192.0.2." + number);
    }

    @Test
    void signIn_beginsANewSession() throws IOException {
        Browser browser = fixture.signedIn();
        String before = browser.cookie();
        assertThat(browser.signIn(fixture.password()).statusCode()).isEqualTo(303);
        assertThat(browser.cookie()).isNotEqualTo(before);

        Browser thief = fixture.stranger();
        thief.setCookie(before);
        assertThat(thief.get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void session_endsAfterHalfAnHourWithoutItsPerson_thoughThePageRefreshes() throws IOException {
        Browser browser = fixture.signedIn();
        fixture.pass(Duration.ofMinutes(29));
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
        fixture.pass(Duration.ofMinutes(29));
        assertThat(browser.get("/", "HX-Request", "true").statusCode()).isEqualTo(200);
        fixture.pass(Duration.ofMinutes(2));

        HttpResponse<String> fragment = browser.get("/", "HX-Request", "true");
        assertThat(fragment.statusCode()).isEqualTo(401);
        assertThat(fragment.headers().firstValue("HX-Redirect")).hasValue("/signin?next=%2F");
        assertThat(browser.get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void session_endsAfterTwelveHours_howeverBusy() throws IOException {
        Browser browser = fixture.signedIn();
        for (int quarter = 0; quarter < 47; quarter++) {
            fixture.pass(Duration.ofMinutes(15));
            assertThat(browser.get("/api/v1/namespaces").statusCode()).isEqualTo(200);
        }
        fixture.pass(Duration.ofMinutes(16));
        assertThat(browser.get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void signOut_endsTheSessionAndItsStreams() throws IOException {
        Browser browser = fixture.signedIn();
        try (Browser.Stream stream = browser.events("/api/v1/events")) {
            await().until(() -> stream.lines().contains("event: hello"));
            String session = browser.cookie();
            String csrf = browser.csrf();
            assertThat(browser.post("/signout", Map.of("csrf", csrf)).statusCode())
                    .isEqualTo(303);
            await().until(stream::ended);

            browser.setCookie(session);
            assertThat(browser.get("/").statusCode()).isEqualTo(303);
        }
    }

    @Test
    void requestsOfOtherSites_changeNothing() throws IOException {
        Browser browser = fixture.signedIn();
        String csrf = browser.csrf();
        Map<String, String> form = Map.of("csrf", csrf);
        String own = "https://localhost:" + fixture.console.port();

        assertThat(browser.post("/signout", form, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/signout", form, "Sec-Fetch-Site", "same-site").statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/signout", form, "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/signout", form, "Accept", "text/html").statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/signout", Map.of()).statusCode()).isEqualTo(403);
        assertThat(browser.post("/signout", Map.of("csrf", "x".repeat(43))).statusCode())
                .isEqualTo(403);
        assertThat(fixture.stranger()
                        .signIn(fixture.password(), "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.get("/").statusCode()).isEqualTo(200);

        assertThat(browser.post("/signout", form, "Origin", own).statusCode()).isEqualTo(303);
    }

    @Test
    void strangers_areLedToTheSignInPage_orTold401() {
        Browser stranger = fixture.stranger();

        HttpResponse<String> page = stranger.get("/namespaces/alpha");
        assertThat(page.statusCode()).isEqualTo(303);
        assertThat(page.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/signin?next=%2Fnamespaces%2Falpha"));
        assertThat(stranger.get("/signin?next=/namespaces/alpha").body())
                .contains("name=\"next\" value=\"/namespaces/alpha\"");

        for (String path : new String[] {"/api/v1/namespaces", "/api/v1/events", "/api/v1/nothing"}) {
            HttpResponse<String> json = stranger.get(path);
            assertThat(json.statusCode()).isEqualTo(401);
            assertThat(json.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
            assertThat(json.body()).isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Sign in first.\"}");
        }
    }

    @Test
    void nextPage_isNeverAnotherSite() throws IOException {
        for (String evil : new String[] {
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nX: y",
            "/api/v1/events"
        }) {
            HttpResponse<String> answer = fixture.stranger()
                    .post("/signin", Map.of("user", "admin", "password", fixture.password(), "next", evil));
            assertThat(answer.statusCode()).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location"))
                    .hasValueSatisfying(to -> assertThat(to).matches("(https://localhost:\\d+)?/"));
        }
    }

    @Test
    void changedPassword_deletesTheGeneratedOne_andEndsOtherSessions() throws Exception {
        String generated = fixture.password();
        Browser other = fixture.signedIn();
        Browser browser = fixture.signedIn();
        String fresh = "correct horse battery";

        assertThat(change(browser, "wrong-password", fresh, fresh)).contains("The current password is wrong.");
        assertThat(change(browser, generated, "short", "short")).contains("12 to 200 characters");
        assertThat(change(browser, generated, fresh, fresh + "!")).contains("The two new passwords differ.");
        assertThat(change(browser, generated, fresh, fresh)).isEmpty();

        assertThat(fixture.console.passwordFile()).isEmpty();
        assertThat(fixture.data.resolve("console-admin-password")).doesNotExist();
        Path record = fixture.data.resolve("console-admin.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(record))
                .contains("$argon2id$v=19$m=19456,t=2,p=1$")
                .doesNotContain(fresh);
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
        assertThat(other.get("/").statusCode()).isEqualTo(303);
        assertThat(fixture.stranger().signIn(generated).statusCode()).isEqualTo(401);

        restart();
        assertThat(fixture.data.resolve("console-admin-password")).doesNotExist();
        assertThat(fixture.stranger().signIn(fresh).statusCode()).isEqualTo(303);
    }

    @Test
    void aRecord_countsBesideAFileOfAGeneratedPassword_asEarlierBuildsLeftBoth() throws Exception {
        Path file = fixture.console.passwordFile().orElseThrow();
        String generated = fixture.password();
        String fresh = "correct horse battery";
        assertThat(change(fixture.signedIn(), generated, fresh, fresh)).isEmpty();
        Files.writeString(file, generated + "\n");

        restart();
        assertThat(fixture.stranger().signIn(generated).statusCode()).isEqualTo(401);
        assertThat(fixture.stranger().signIn(fresh).statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "ABCDEFGHJKLMNPQRSTUVWXY0", "ABCDEFGHJKLMNPQRSTUVWXYZa"})
    void aPasswordFileThatWasNotGenerated_isRefusedAtTheStart(String content) throws IOException {
        Path file = fixture.console.passwordFile().orElseThrow();
        Files.writeString(file, content + "\n");

        assertThatThrownBy(() -> Administrator.open(fixture.data, new SecureRandom()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("console-admin-password is damaged");
    }

    private static String change(Browser browser, String current, String fresh, String again) {
        HttpResponse<String> answer = browser.post(
                "/account",
                Map.of(
                        "csrf",
                        browser.csrf(),
                        "password",
                        current,
                        "new_password",
                        fresh,
                        "new_password_again",
                        again));
        assertThat(answer.statusCode()).isIn(303, 422);
        return answer.statusCode() == 303 ? "" : answer.body();
    }
}
