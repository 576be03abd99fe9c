package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One gateway for one directory. That another process is kept out as well is {@code system}'s to show. */
class DataDirectoryTest {
    @TempDir
    private Path dir;

    @Test
    void aDirectoryThatIsHeld_isRefused_sayingWhoHoldsIt() throws IOException {
        Path path = dir.resolve("made/here");
        try (DataDirectory held = DataDirectory.hold(path)) {
            assertThat(held.path()).isDirectory();
            assertThatThrownBy(() -> DataDirectory.hold(path))
                    .hasMessageContainingAll(
                            path.toString(),
                            "process " + ProcessHandle.current().pid() + " since ",
                            "give this one another --data-dir");
        }
        DataDirectory.hold(path).close();
    }

    @Test
    void aFile_isRefused() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.hold(file)).hasMessageContaining("is a file (expected: a directory");
    }

    @Test
    void whereNothingCanBeMade_isRefused() {
        assertThatThrownBy(() -> DataDirectory.hold(Path.of("/proc/rollcall")))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("data-dir: /proc/rollcall", "give another --data-dir");
    }
}
