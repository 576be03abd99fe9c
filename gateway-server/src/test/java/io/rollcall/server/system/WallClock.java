package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/** The wall clock of a process, stepped by libfaketime; its monotonic clock is left alone. */
final class WallClock {
    private static final Path LIBRARY =
            Path.of(System.getProperty("rollcall.libfaketime", "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"));

    private final Path offset;

    /** @param dir where the file is kept by which the clock is set */
    WallClock(Path dir) throws IOException {
        assertThat(LIBRARY)
                .as("libfaketime steps the wall clock in this test: install it (on Debian or Ubuntu: apt-get install "
                        + "libfaketime), or say where it is by -Drollcall.libfaketime=FILE")
                .exists();
        this.offset = dir.resolve("offset");
        step(Duration.ZERO);
    }

    /** What the process needs in its environment. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Else each timed wait of the JVM ends at once, and its threads spin on all cores.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString(),
                "FAKETIME_CACHE_DURATION",
                "1");
    }

    /** Sets the clock to that much after the real time, within about a second; negative: before. */
    void step(Duration by) throws IOException {
        // Renamed into place: half a file would be another time.
        Path fresh = Files.writeString(offset.resolveSibling("offset.new"), "%+d".formatted(by.toSeconds()) + "\n");
        Files.move(fresh, offset, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
