package io.rollcall.server.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    @TempDir
    private Path dir;

    private Path file;
    private FileWatch watch;

    @BeforeEach
    void begin() throws IOException {
        file = Files.writeString(dir.resolve("ca.pem"), "one");
        watch = FileWatch.taken(List.of(file, dir.resolve("absent")));
    }

    private void assertDueAtTheSecondLook() {
        assertThat(watch.isDue()).isFalse();
        assertThat(watch.isMoving()).isTrue();
        assertThat(watch.isDue()).isTrue();
        watch.taken();
        assertThat(watch.isDue()).isFalse();
    }

    @Test
    void whatStaysAsItIs_isNeverDue() {
        for (int look = 0; look < 20; look++) {
            assertThat(watch.isDue()).isFalse();
        }
    }

    @Test
    void whatIsUntaken_isDueAtOnce() {
        assertThat(FileWatch.untaken(List.of(file)).isDue()).isTrue();
    }

    @Test
    void aFileWrittenInPlace_isDue_onceItKeepsStill() throws IOException {
        Files.writeString(file, "two");
        assertDueAtTheSecondLook();
    }

    @Test
    void aFileRenamedOver_isDue() throws IOException {
        Files.move(Files.writeString(dir.resolve("new"), "two"), file, StandardCopyOption.REPLACE_EXISTING);
        assertDueAtTheSecondLook();
    }

    @Test
    void aLinkThatLeadsElsewhere_isDue() throws IOException {
        Path first = Files.createDirectory(dir.resolve("first"));
        Path second = Files.createDirectory(dir.resolve("second"));
        Files.writeString(first.resolve("ca.pem"), "one");
        Files.writeString(second.resolve("ca.pem"), "two");
        Path data = Files.createSymbolicLink(dir.resolve("..data"), first);
        watch = FileWatch.taken(List.of(data.resolve("ca.pem")));

        Files.move(Files.createSymbolicLink(dir.resolve("..next"), second), data, StandardCopyOption.REPLACE_EXISTING);
        assertDueAtTheSecondLook();
    }

    @Test
    void aFileThatVanishes_isDue_andSoIsOneThatAppears() throws IOException {
        Files.delete(file);
        assertDueAtTheSecondLook();
        Files.writeString(dir.resolve("absent"), "here");
        assertDueAtTheSecondLook();
    }

    @Test
    void aSecondChange_thatTheFilesTimeDoesNotTellOf_isDue() throws IOException {
        FileTime time = FileTime.from(Instant.parse("2030-01-01T00:00:00Z"));
        Files.setLastModifiedTime(Files.writeString(file, "two"), time);
        assertDueAtTheSecondLook();

        Files.setLastModifiedTime(Files.writeString(file, "too"), time);
        assertDueAtTheSecondLook();
    }

    @Test
    void theSameContentAgain_isNoChange() throws IOException {
        Files.writeString(file, "one");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));

        assertThat(watch.isDue()).isFalse();
        assertThat(watch.isDue()).isFalse();
    }

    @Test
    void aFileThatNeverKeepsStill_isTakenAtEverySecondLook() throws IOException {
        Files.writeString(file, "a");
        assertThat(watch.isDue()).isFalse();
        Files.writeString(file, "ab");
        assertThat(watch.isDue()).isTrue();
    }
}
