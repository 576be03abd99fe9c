package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the console tells for the record, and that it does nothing that cannot be put on record. */
class ConsoleAuditTest extends ConsoleTest {
    private static final String ADDRESS = "127.0.0.1";
    private static final String FRESH = "a fresh password";

    private HttpResponse<String> changePassword(Browser browser, String password) {
        return browser.post(
                "/account",
                Map.of(
                        "csrf",
                        browser.csrf(),
                        "password",
                        password,
                        "new_password",
                        FRESH,
                        "new_password_again",
                        FRESH));
    }

    @Test
    void signIns_areTold_withoutWhatAStrangerTyped() throws Exception {
        fixture.stranger().post("/signin", Map.of("user", "my-secret-by-mistake", "password", "x"));
        fixture.stranger().signIn("no-such-password");
        Browser browser = fixture.signedIn();
        browser.post("/signout", Map.of("csrf", browser.csrf()));
        assertThat(fixture.audit.told())
                .containsExactly(
                        "sign-in refused:  from " + ADDRESS + ": WRONG_PASSWORD",
                        "sign-in refused: admin from " + ADDRESS + ": WRONG_PASSWORD",
                        "signed in: admin from " + ADDRESS,
                        "signed out: admin from " + ADDRESS);
        for (int guess = 0; guess < 6; guess++) {
            fixture.stranger().signIn("guess-" + guess);
        }
        assertThat(fixture.audit.told())
                .last()
                .isEqualTo("sign-in refused: admin from " + ADDRESS + ": TOO_MANY_ATTEMPTS");
    }

    @Test
    void foreignRequests_areTold() throws Exception {
        Browser browser = fixture.signedIn();
        Map<String, String> form = Map.of("csrf", browser.csrf());
        browser.post("/signout", form, "Sec-Fetch-Site", "cross-site");
        browser.post("/signout", Map.of("csrf", "x"));
        assertThat(fixture.audit.told())
                .endsWith(
                        "action refused:  from " + ADDRESS + ": POST /signout: FOREIGN_ORIGIN",
                        "action refused: admin from " + ADDRESS + ": POST /signout: FOREIGN_SESSION");
    }

    @Test
    void anAction_isTold_beforeItIsDone() throws Exception {
        Browser browser = fixture.signedIn();
        assertThat(changePassword(browser, "a wrong password").statusCode()).isEqualTo(422);
        assertThat(changePassword(browser, fixture.password()).statusCode()).isEqualTo(303);
        assertThat(fixture.audit.told())
                .endsWith(
                        "action refused: admin from " + ADDRESS + ": change-password: WRONG_PASSWORD",
                        "acts: admin from " + ADDRESS + ": change-password");
        assertThat(fixture.stranger().signIn(FRESH).statusCode()).isEqualTo(303);
    }

    @Test
    void anActionThatCannotBePutOnRecord_isNotDone_andReadingGoesOn() throws Exception {
        Browser browser = fixture.signedIn();
        fixture.audit.fail(true);
        HttpResponse<String> answer = changePassword(browser, fixture.password());
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("The password is as before").doesNotContain("no room");
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
        assertThat(fixture.stranger().signIn(FRESH).statusCode()).isEqualTo(401);
        assertThat(fixture.stranger().signIn(fixture.password()).statusCode()).isEqualTo(303);
        fixture.audit.fail(false);
        assertThat(changePassword(browser, fixture.password()).statusCode()).isEqualTo(303);
    }
}
