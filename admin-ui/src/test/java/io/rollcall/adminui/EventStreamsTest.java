package io.rollcall.adminui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.adminui.live.LiveTimings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When open pages are told to look again. */
class EventStreamsTest {

    @TempDir
    Path directory;

    @Test
    void change_isSignalledToWhoFollowsIt_andToNobodyElse() throws Exception {
        try (ConsoleFixture fixture = console(ConsoleFixture.quiet(200))) {
            fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
            fixture.backend.found("beta", 1, List.of(FakeBackend.leader(6)));
            Browser browser = fixture.signedIn();
            try (Browser.Stream all = browser.events("/api/v1/events");
                    Browser.Stream alpha = browser.events("/api/v1/namespaces/alpha/events");
                    Browser.Stream beta = browser.events("/api/v1/namespaces/beta/events")) {
                assertThat(all.header("Content-Type")).startsWith("text/event-stream");
                await().until(() -> greeted(all) && greeted(alpha) && greeted(beta));
                // Each is the line after the greeting.
                await().untilAsserted(() -> assertThat(alpha.lines()).contains("data: {\"revision\":1}"));
                await().untilAsserted(() -> assertThat(all.lines()).contains("data: {\"revision\":2}"));

                fixture.backend.join("alpha", FakeBackend.node(2));
                await().until(() -> changed(alpha, "alpha", 2) && changed(all, "alpha", 3));
                fixture.backend.join("beta", FakeBackend.node(7));
                await().until(() -> changed(beta, "beta", 2) && changed(all, "beta", 4));
                assertThat(alpha.lines()).noneMatch(line -> line.contains("beta"));
                assertThat(beta.lines()).noneMatch(line -> line.contains("alpha"));
            }
        }
    }

    @Test
    void fragmentFetchedAfterASignal_holdsTheChange() throws Exception {
        try (ConsoleFixture fixture = console(ConsoleFixture.quiet(200))) {
            fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
            Browser browser = fixture.signedIn();
            try (Browser.Stream stream = browser.events("/api/v1/namespaces/alpha/events")) {
                await().until(() -> greeted(stream));
                for (int id = 2; id <= 20; id++) {
                    int revision = id;
                    browser.get("/namespaces/alpha", "HX-Request", "true");
                    fixture.backend.join("alpha", FakeBackend.node(id));
                    await().until(() -> changed(stream, "alpha", revision));
                    assertThat(browser.get("/namespaces/alpha", "HX-Request", "true")
                                    .body())
                            .contains("data-node-id=\"" + id + "\"", "data-revision=\"" + revision + "\"");
                }
            }
        }
    }

    @Test
    void ageIsSignalledWhileThereAreNodes_andAPingFollowsAlways() throws Exception {
        try (ConsoleFixture fixture = console(ConsoleFixture.quick())) {
            Browser browser = fixture.signedIn();
            try (Browser.Stream stream = browser.events("/api/v1/events")) {
                await().until(() -> stream.lines().contains(":"));
                assertThat(stream.lines()).doesNotContain("event: age");
                fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
                await().until(() -> stream.lines().contains("event: age"));
            }
        }
    }

    @Test
    void viewersBeyondTheCap_areAskedToComeBack_untilOneLeaves() throws Exception {
        try (ConsoleFixture fixture =
                console(new LiveTimings(3, Duration.ofMillis(20), Duration.ofHours(1), Duration.ofMillis(50)))) {
            Browser browser = fixture.signedIn();
            List<Browser.Stream> streams = new ArrayList<>();
            for (int stream = 0; stream < 3; stream++) {
                streams.add(browser.events("/api/v1/events"));
            }
            try (Browser.Stream refused = browser.events("/api/v1/events")) {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isEqualTo("10");
            }
            streams.get(0).close();
            await().untilAsserted(() -> {
                Browser.Stream again = browser.events("/api/v1/events");
                streams.add(again);
                assertThat(again.status()).isEqualTo(200);
            });
            for (Browser.Stream stream : streams) {
                stream.close();
            }
        }
    }

    @Test
    void session_takesItsStreamsWithIt() throws Exception {
        try (ConsoleFixture fixture = console(ConsoleFixture.quiet(200))) {
            Browser browser = fixture.signedIn();
            try (Browser.Stream stream = browser.events("/api/v1/events")) {
                await().until(() -> greeted(stream));
                fixture.pass(Duration.ofMinutes(31));
                await().until(stream::ended);
            }
            assertThat(browser.events("/api/v1/events").status()).isEqualTo(401);
        }
    }

    @Test
    void writerIsNeverHeldUp_byBrowsersThatDoNotRead() throws Exception {
        try (ConsoleFixture fixture = console(ConsoleFixture.quiet(200))) {
            fixture.backend.found("alpha", 1, List.of(FakeBackend.leader(1)));
            Browser browser = fixture.signedIn();
            try (Browser.Stream reads = browser.events("/api/v1/events")) {
                await().until(() -> greeted(reads));
                for (int stream = 0; stream < 20; stream++) {
                    browser.openAndNeverRead("/api/v1/events");
                }
                for (int change = 0; change < 2_000; change++) {
                    fixture.backend.change("alpha", nodes -> nodes);
                }
                await().until(() -> changed(reads, "alpha", 2_001));
            }
        }
    }

    @Test
    void close_endsStreamsAndTheSubscription() throws Exception {
        ConsoleFixture fixture = console(ConsoleFixture.quiet(200));
        try (Browser.Stream stream = fixture.signedIn().events("/api/v1/events")) {
            await().until(() -> greeted(stream));
            fixture.close();
            await().until(stream::ended);
            assertThat(fixture.backend.listeners()).isZero();
            fixture.close();
        }
    }

    private ConsoleFixture console(LiveTimings timings) throws IOException, GeneralSecurityException {
        return new ConsoleFixture(directory, timings);
    }

    private static boolean greeted(Browser.Stream stream) {
        return stream.lines().contains("event: hello");
    }

    private static boolean changed(Browser.Stream stream, String namespace, long revision) {
        return stream.lines().stream()
                .anyMatch(line ->
                        line.contains("\"" + namespace + "\"") && line.contains("\"revision\":" + revision + "}"));
    }
}
