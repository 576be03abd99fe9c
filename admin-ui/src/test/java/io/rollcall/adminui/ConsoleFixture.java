package io.rollcall.adminui;

import io.rollcall.adminui.AdminConsole.Settings;
import io.rollcall.adminui.live.LiveTimings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;

/** A console over a {@link FakeBackend}, with clocks that a test moves. */
final class ConsoleFixture implements AutoCloseable {

    final FakeBackend backend = new FakeBackend();
    final RememberingAudit audit = new RememberingAudit();
    private final TestTicker ticker = new TestTicker();
    final Certificates certificates;
    final Path data;
    final AdminConsole console;

    ConsoleFixture(Path directory, LiveTimings timings) throws IOException, GeneralSecurityException {
        certificates = Certificates.in(directory, "EC");
        data = directory.resolve("data");
        console = AdminConsole.start(
                new Settings("localhost", 0, certificates.chain(), certificates.key(), data),
                backend,
                audit,
                timings,
                ticker);
    }

    static LiveTimings quick() {
        return new LiveTimings(200, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(100));
    }

    /** Nothing by itself: only changes are signalled. */
    static LiveTimings quiet(int streams) {
        return new LiveTimings(streams, Duration.ofMillis(20), Duration.ofHours(1), Duration.ofHours(1));
    }

    void pass(Duration time) {
        ticker.advance(time);
    }

    String password() throws IOException {
        return Files.readString(data.resolve("console-admin-password")).strip();
    }

    Browser stranger() {
        return new Browser(certificates, console.port());
    }

    Browser signedIn() throws IOException {
        Browser browser = stranger();
        int status = browser.signIn(password()).statusCode();
        if (status != 303) {
            throw new AssertionError("sign-in answered " + status);
        }
        return browser;
    }

    @Override
    public void close() {
        console.close();
    }
}
