package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files: their chain across restarts, crashes, rotation and a disk without room. */
class AuditLogTest {
    private static final AuditConfig SMALL = new AuditConfig(600, 3);

    @TempDir
    private Path temp;

    private LogDirectory directory;

    @BeforeEach
    void begin() {
        directory = new LogDirectory(temp.resolve("audit"));
    }

    @Test
    void theChain_goesOnAcrossRestarts() throws Exception {
        directory.write(LogDirectory.ROOMY, "a", "b");
        ChainHead head = directory.write(LogDirectory.ROOMY, "c");
        assertThat(directory.words()).containsExactly("a", "b", "c");
        assertThat(head.seq()).isEqualTo(4); // the file's own first line, and three
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void files_areTheirOwnersAlone() throws Exception {
        directory.write(LogDirectory.ROOMY, "a");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.file(1))))
                .isEqualTo("rw-------");
    }

    @Test
    void aFullFile_isFollowedByAnother_andTheChainSurvivesTheDeletionOfTheOldest() throws Exception {
        ChainHead head = directory.write(SMALL, "abcdefghijklmnopqrstuvwxyz".split(""));
        assertThat(directory.files()).hasSize(3).doesNotContain(directory.file(1));
        assertThat(directory.words()).endsWith("x", "y", "z");
        assertThat(directory.verify(head)).isEqualTo("fits");
        ChainHead later = directory.write(SMALL, "ä");
        assertThat(directory.verify(later)).isEqualTo("fits");
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void anUnfinishedLine_isCutOff_andNoted() throws Exception {
        directory.write(LogDirectory.ROOMY, "a", "b");
        Files.writeString(directory.file(1), "{\"seq\":4,\"time\":\"20", StandardOpenOption.APPEND);
        assertThat(directory.verify()).isEqualTo("audit-000001.jsonl:4: the line has no end");
        ChainHead head = directory.write(LogDirectory.ROOMY, "c");
        assertThat(directory.events()).containsExactly("file-begun", "change", "change", "recovered", "change");
        assertThat(directory.all().get(3).get("dropped_bytes").asInt()).isEqualTo(19);
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void aCrashAtAnyByte_losesNoFinishedLine_andTheChainGoesOn() throws Exception {
        directory.write(LogDirectory.ROOMY, "a", "b", "c");
        byte[] whole = Files.readAllBytes(directory.file(1));
        int finishedBefore = 0;
        for (int cut = 0; cut <= whole.length; cut++) {
            Files.write(directory.file(1), java.util.Arrays.copyOf(whole, cut));
            finishedBefore += cut > 0 && whole[cut - 1] == '\n' ? 1 : 0;
            directory.write(LogDirectory.ROOMY, "after");
            assertThat(directory.words()).as("cut at %d", cut).endsWith("after");
            assertThat(directory.words()).hasSize(1 + Math.max(0, finishedBefore - 1));
            assertThat(directory.verify()).as("cut at %d", cut).isEqualTo("fits");
        }
        assertThat(finishedBefore).isEqualTo(4);
    }

    @Test
    void aCrashRightAfterAFileWasBegun_leavesTheChainWhole() throws Exception {
        directory.write(LogDirectory.ROOMY, "a");
        Files.createFile(directory.file(2));
        ChainHead head = directory.write(LogDirectory.ROOMY, "b");
        assertThat(directory.lines(2)).hasSize(2);
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void anEndThatDoesNotFit_staysAsItIs_andTheLogGoesOnInAnotherFileThatSaysSo() throws Exception {
        directory.write(LogDirectory.ROOMY, "a", "b", "c");
        List<String> edited = new ArrayList<>(directory.lines(1));
        edited.set(2, edited.get(2).replace("\"b\"", "\"B\""));
        directory.rewrite(1, edited);
        directory.write(LogDirectory.ROOMY, "d");
        assertThat(directory.lines(1)).isEqualTo(edited);
        assertThat(directory.lines(2)).hasSize(3);
        assertThat(directory.lines(2).get(1)).contains("chain-broken", "audit-000001.jsonl");
        assertThat(directory.verify()).isEqualTo("audit-000001.jsonl:3: its hash is not that of its text");
    }

    @Test
    void onlyTheEnd_isLookedAt_howeverLongTheFile() throws Exception {
        try (AuditLog log = directory.open()) {
            List<AuditEvent> many = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                many.add(LogDirectory.event("x".repeat(100)));
            }
            log.append(many);
        }
        assertThat(Files.size(directory.file(1))).isGreaterThan(2L * ChainTail.WINDOW);
        ChainHead head = directory.write(LogDirectory.ROOMY, "after");
        assertThat(head.seq()).isEqualTo(3_002);
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void aFileThatLostItsName_isNotWrittenOn() throws Exception {
        try (AuditLog log = directory.open()) {
            log.append(List.of(LogDirectory.event("a")));
            Path away = temp.resolve("away");
            Files.move(directory.file(1), away);
            assertThatThrownBy(() -> log.append(List.of(LogDirectory.event("b"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("moved, deleted or replaced");
            assertThatThrownBy(() -> log.append(List.of(LogDirectory.event("c"))))
                    .isInstanceOf(IOException.class);
            Files.move(away, directory.file(1));
            log.append(List.of(LogDirectory.event("d")));
            assertThat(directory.words()).containsExactly("a", "d");
            assertThat(directory.verify(log.head())).isEqualTo("fits");
        }
    }

    @Test
    void whatCannotBeWritten_isInNoFile_andTheChainGoesOnOnceItCan() throws Exception {
        try (AuditLog log = directory.open(SMALL)) {
            while (directory.files().size() < 2) {
                log.append(List.of(LogDirectory.event("x".repeat(50))));
            }
            while (Files.size(directory.file(2)) < SMALL.fileSize()) {
                log.append(List.of(LogDirectory.event("x".repeat(50))));
            }
            // The next file cannot be made where a directory stands.
            Files.createDirectory(directory.file(3));
            ChainHead before = log.head();
            assertThatThrownBy(() -> log.append(List.of(LogDirectory.event("lost"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("make room");
            assertThat(log.head()).isEqualTo(before);
            Files.delete(directory.file(3));
            log.append(List.of(LogDirectory.event("again")));
            assertThat(directory.words()).contains("again").doesNotContain("lost");
            assertThat(directory.verify(log.head())).isEqualTo("fits");
        }
    }
}
