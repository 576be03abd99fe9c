package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
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
    private static final Settings SMALL =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 600L).with(Setting.AUDIT_MAX_SIZE, 2_400L);

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
    void aFullFile_isFollowedByAnother() throws Exception {
        ChainHead head = directory.write(SMALL, "abcdefghijklmnopqrstuvwxyz".split(""));
        assertThat(directory.files()).hasSizeGreaterThan(5).contains(directory.file(1));
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
            while (Files.size(directory.file(2)) < SMALL.get(Setting.AUDIT_FILE_SIZE)) {
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

    /** What copytruncate of logrotate does, or an operator who wants the room. */
    @Test
    void aFileThatIsCutWhileItIsWritten_isLeft_andAnotherSaysSo() throws Exception {
        try (AuditLog log = directory.open()) {
            log.append(List.of(LogDirectory.event("a")));
            log.append(List.of(LogDirectory.event("b")));
            long written = Files.size(directory.file(1));
            assertThat(log.broken()).isEmpty();
            cut(directory.file(1), 0);
            log.append(List.of(LogDirectory.event("c")));
            assertThat(log.broken()).hasValueSatisfying(what -> assertThat(what)
                    .contains("audit-000001.jsonl holds 0 bytes, but " + written + " bytes were written"));
            log.append(List.of(LogDirectory.event("d")));
            assertThat(Files.size(directory.file(1))).isZero();
            assertThat(directory.words()).containsExactly("c", "d");
            assertThat(directory.all().get(1).get("event").asText()).isEqualTo("chain-broken");
            assertThat(directory.all().get(1).get("bytes_written").asLong()).isEqualTo(written);
            assertThat(directory.all().get(1).get("bytes_found").asLong()).isZero();
            assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:1: line 4 does not follow on line 0");
        }
    }

    @Test
    void aFileThatIsCutInTheMiddle_orThatSomebodyElseWritesTo_isLeftToo() throws Exception {
        try (AuditLog log = directory.open()) {
            log.append(List.of(LogDirectory.event("a")));
            cut(directory.file(1), 300);
            log.append(List.of(LogDirectory.event("b")));
            Files.writeString(directory.file(2), "more\n", StandardOpenOption.APPEND);
            log.append(List.of(LogDirectory.event("c")));
            assertThat(directory.lines(2)).endsWith("more");
            assertThat(directory.lines(3)).hasSize(3);
            assertThat(directory.events()).isNotEmpty();
        } catch (com.fasterxml.jackson.core.JsonProcessingException torn) {
            assertThat(directory.lines(1)).hasSize(2); // the second is cut in its middle, and is no JSON
        }
        assertThat(directory.lines(3).get(1)).contains("chain-broken", "audit-000002.jsonl");
        assertThat(directory.verify()).isEqualTo("audit-000001.jsonl:2: the line has no end");
    }

    @Test
    void aCutFile_isNoticed_alsoAfterAFailureToWrite_andAtAStart() throws Exception {
        try (AuditLog log = directory.open()) {
            log.append(List.of(LogDirectory.event("a")));
            Path away = temp.resolve("away");
            Files.move(directory.file(1), away);
            assertThatThrownBy(() -> log.append(List.of(LogDirectory.event("b"))))
                    .isInstanceOf(IOException.class);
            cut(away, 100);
            Files.move(away, directory.file(1));
            log.append(List.of(LogDirectory.event("c")));
            assertThat(log.broken()).isPresent();
            assertThat(directory.lines(2)).hasSize(3);
        }
    }

    private static void cut(Path file, long length) throws IOException {
        try (java.nio.channels.FileChannel channel =
                java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Test
    void aFileThatStandsWhereTheNextShouldBegin_isNeverOverwritten() throws Exception {
        try (AuditLog log = directory.open(SMALL)) {
            log.append(List.of(LogDirectory.event("x".repeat(200)), LogDirectory.event("x".repeat(200))));
            Files.writeString(directory.file(2), "somebody else's");
            assertThatThrownBy(() -> log.append(List.of(LogDirectory.event("b"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("it is there already (expected: nothing); keep it elsewhere");
            assertThat(directory.file(2)).hasContent("somebody else's");
            Files.delete(directory.file(2));
            log.append(List.of(LogDirectory.event("b")));
            assertThat(directory.verify(log.head())).isEqualTo("fits");
        }
    }

    @Test
    void digitsOfAnotherLanguage_areKnownAsSuch() {
        assertThat(AuditFiles.isForeign("audit-\u0660\u0660\u0660\u0660\u0660\u0661.jsonl"))
                .isTrue(); // ar-EG
        assertThat(AuditFiles.isForeign("audit-\u06f0\u06f0\u06f0\u06f0\u06f0\u06f1.jsonl"))
                .isTrue(); // fa-IR
        assertThat(AuditFiles.isForeign("audit-\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd.jsonl"))
                .as("as a JVM without UTF-8 reads it")
                .isTrue();
        assertThat(AuditFiles.isForeign("audit-000001.jsonl")).isFalse();
        assertThat(AuditFiles.isForeign("audit-of-mine.jsonl")).isFalse();
    }

    @Test
    void withoutItsFile_butWithSortedLines_theLogDoesNotBeginAgainFromOne() throws Exception {
        directory.write(LogDirectory.ROOMY, "a", "b");
        FileSorter.Sorted sorted =
                new FileSorter(new AuditFiles(directory.path), directory.kept(), step -> {}).sort(1, null);
        Files.delete(directory.file(1));
        try (AuditLog log = directory.open()) {
            assertThat(log.head()).isEqualTo(sorted.end());
            log.append(List.of(LogDirectory.event("c")));
            assertThat(log.broken()).isPresent();
            assertThat(directory.lines(3).get(1)).contains("chain-broken", "audit-000002.jsonl");
        }
    }
}
