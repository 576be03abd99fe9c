package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.adminui.ConsoleAudit.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who signs in to the console and what is done there, as lines; and that nothing is done without one. */
class ConsoleActionAuditTest extends AuditTrailFixture {
    private static final String ADDRESS = "192.0.2.7";

    private ConsoleActionAudit record;

    @BeforeEach
    void begin() throws Exception {
        trail.record(List.of(LogDirectory.event("first")));
        record = new ConsoleActionAudit(trail, limiter, clock);
    }

    private static String inWords(JsonNode line) {
        return "%s %s %s %s %s %s"
                .formatted(
                        line.path("event").asText(),
                        line.path("caller").asText("nobody"),
                        line.path("from").asText(),
                        line.path("method").asText("-"),
                        line.path("outcome").asText(),
                        line.path("reason").asText("-"));
    }

    private List<String> lines() throws IOException {
        List<JsonNode> all = directory.all();
        return all.subList(2, all.size()).stream()
                .map(ConsoleActionAuditTest::inWords)
                .toList();
    }

    @Test
    void eachEvent_tellsWhoFromWhereWhatAndItsOutcome() throws Exception {
        record.signInRefused("", ADDRESS, Refused.WRONG_PASSWORD);
        record.signInRefused("admin", ADDRESS, Refused.TOO_MANY_ATTEMPTS);
        record.signedIn("admin", ADDRESS);
        record.actionRefused("admin", ADDRESS, "POST /signout", Refused.FOREIGN_SESSION);
        record.signedOut("admin", ADDRESS);
        trail.flush();
        assertThat(lines())
                .containsExactly(
                        "sign-in nobody 192.0.2.7 - refused WRONG_PASSWORD",
                        "sign-in console/admin 192.0.2.7 - refused TOO_MANY_ATTEMPTS",
                        "sign-in console/admin 192.0.2.7 - accepted -",
                        "console-action console/admin 192.0.2.7 POST /signout refused FOREIGN_SESSION",
                        "sign-out console/admin 192.0.2.7 - accepted -");
    }

    @Test
    void anAction_isOnTheDisk_whenItMayBeDone_andNotDoneWhereItCannotBe() throws Exception {
        record.act("admin", ADDRESS, "change-password");
        assertThat(lines()).containsExactly("console-action console/admin 192.0.2.7 change-password accepted -");

        Files.move(directory.file(1), temp.resolve("away"));
        assertThatThrownBy(() -> record.act("admin", ADDRESS, "reset")).isInstanceOf(IOException.class);
        record.signedIn("admin", ADDRESS); // reading goes on
        Files.move(temp.resolve("away"), directory.file(1));
        trail.flush();
        assertThat(lines()).hasSize(3).last().isEqualTo("sign-in console/admin 192.0.2.7 - accepted -");
    }

    @Test
    void guesses_areAddedUp_andHideNoSignIn() throws Exception {
        for (int guess = 0; guess < 1_000; guess++) {
            record.signInRefused("admin", ADDRESS, Refused.WRONG_PASSWORD);
        }
        record.signedIn("admin", ADDRESS);
        ticker.advance(Duration.ofSeconds(1));
        trail.flush();
        trail.flush();
        assertThat(directory.events()).filteredOn("sign-in"::equals).hasSize(11);
        assertThat(directory.all())
                .filteredOn(line -> line.get("event").asText().equals("summed-up"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.get("of").asText()).isEqualTo("sign-in");
                    assertThat(line.get("more").asInt()).isEqualTo(990);
                });
    }
}
