package io.rollcall.adminui;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test of a class a console of its own, of which nothing is signalled but changes. */
abstract class ConsoleTest {
    @TempDir
    Path directory;

    ConsoleFixture fixture;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        fixture = new ConsoleFixture(directory, ConsoleFixture.quiet(200));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Starts it again over the same files. */
    void restart() throws IOException, GeneralSecurityException {
        stop();
        start();
    }
}
