package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics are for whoever holds the scrape token, and for nobody else. */
class MetricsPageTest extends ConsoleTest {
    private String token() throws IOException {
        return Files.readString(fixture.data.resolve("metrics-token")).strip();
    }

    private HttpResponse<String> scrape(String authorization) {
        return fixture.stranger().get("/metrics", "Authorization", authorization);
    }

    @Test
    void withTheToken_metricsAreShown() throws IOException {
        HttpResponse<String> answer = scrape("Bearer " + token());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(answer.body()).isEqualTo("nodes 3\n");
    }

    @Test
    void withoutTheToken_nothingIsShown_alsoToAnAdministrator() throws IOException {
        for (HttpResponse<String> answer : List.of(
                fixture.stranger().get("/metrics"),
                scrape("Bearer " + token() + "x"),
                scrape("Basic " + token()),
                fixture.signedIn().get("/metrics"))) {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(answer.body()).doesNotContain("nodes").doesNotContain(token());
        }
    }

    @Test
    void theToken_isItsOwnersAlone_andStays() throws Exception {
        String token = token();
        assertThat(token).hasSizeGreaterThanOrEqualTo(43);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.data.resolve("metrics-token"))))
                .isEqualTo("rw-------");
        restart();
        assertThat(token()).isEqualTo(token);
    }
}
