package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the files, the first line that does not fit is named. */
class ChainVerifierTest {
    /** The file's own first line and two more fill it. */
    private static final Settings THREE_LINES =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 600L).with(Setting.AUDIT_MAX_SIZE, 24_000L);

    @TempDir
    private Path temp;

    private LogDirectory directory;
    private ChainHead head;

    @BeforeEach
    void begin() throws Exception {
        directory = new LogDirectory(temp.resolve("audit"));
        head = directory.write(THREE_LINES, "a", "b", "c", "d", "e", "f");
        assertThat(directory.files()).hasSize(3);
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void anEditedLine_isFound() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        lines.set(1, lines.get(1).replace("\"c\"", "\"C\""));
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:2: its hash is not that of its text");
    }

    @Test
    void anEditedLineWithItsHashMadeAnew_isFoundAtTheNext() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        AuditLine first = AuditLine.read(lines.get(0)).orElseThrow();
        lines.set(
                1,
                AuditLine.write(first.head(), LogDirectory.event("C").fields()).strip());
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:3: line 6 does not follow on line 5");
    }

    @Test
    void aDeletedLine_isFound() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        lines.remove(1);
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:2: line 6 does not follow on line 4");
    }

    @Test
    void linesInAnotherOrder_areFound() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        Collections.swap(lines, 1, 2);
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:2: line 6 does not follow on line 4");
    }

    @Test
    void aLineTwice_isFound() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        lines.add(1, lines.get(1));
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:3: line 5 does not follow on line 5");
    }

    @Test
    void aLineOfSomebodyElses_isFound() throws Exception {
        List<String> lines = new ArrayList<>(directory.lines(2));
        lines.add(1, "{\"event\":\"change\"}");
        directory.rewrite(2, lines);
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:2: is no line of the log");
    }

    @Test
    void aMissingFile_isFound() throws Exception {
        Files.delete(directory.file(2));
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl: is missing");
    }

    @Test
    void aMissingOldestFile_isFound_sinceTheLogSaysHowManyAreKept() throws Exception {
        Files.delete(directory.file(1));
        assertThat(directory.verify()).isEqualTo("audit-000001.jsonl: is missing, though the log says it is kept");
    }

    @Test
    void noFiles_areNoLog() throws Exception {
        for (Path file : directory.files()) {
            Files.delete(file);
        }
        assertThat(directory.verify()).endsWith("no audit-000001.jsonl or later is there");
    }

    @Test
    void anEndCutOff_isFoundByAHead() throws Exception {
        List<String> lines = directory.lines(3);
        directory.rewrite(3, lines.subList(0, lines.size() - 1));
        assertThat(directory.verify()).isEqualTo("fits");
        assertThat(directory.verify(head))
                .isEqualTo("audit-000003.jsonl:end: the log ends with line 8, but there was a line 9");
        Files.delete(directory.file(3));
        assertThat(directory.verify(head))
                .isEqualTo("audit-000002.jsonl:end: the log ends with line 6, but there was a line 9");
    }

    @Test
    void aLogWrittenAnew_isFoundByAHead() throws Exception {
        LogDirectory forged = new LogDirectory(temp.resolve("forged"));
        forged.write(THREE_LINES, "a", "b", "c", "D", "e", "f");
        assertThat(forged.verify()).isEqualTo("fits");
        assertThat(forged.verify(head))
                .isEqualTo("audit-000003.jsonl:3: line 9 has another hash than the head that was given");
    }
}
