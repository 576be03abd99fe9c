package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.config.Setting;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.AuditEnd.Lines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that only the store's flush brings to the disk: kept there, and written again after a crash of the machine. */
class UnforcedLinesTest {
    @TempDir
    private Path temp;

    private LogDirectory directory;

    @BeforeEach
    void begin() {
        directory = new LogDirectory(temp.resolve("audit"));
    }

    private static List<AuditEvent> event(String word) {
        return List.of(LogDirectory.event(word));
    }

    /** A log with the words a and b forced to the disk, c to e not; as the store kept its end. */
    private AuditEnd written() throws IOException {
        try (AuditLog log = directory.open(AuditEnd.NONE)) {
            log.append(event("a"));
            log.append(event("b"));
            log.write(event("c"));
            log.write(List.of(LogDirectory.event("d"), LogDirectory.event("e")));
            return log.end();
        }
    }

    private void open(AuditEnd kept) throws IOException {
        try (AuditLog log = directory.open(kept)) {
            log.append(event("after"));
        }
    }

    @Test
    void theEnd_hasWhatIsNotForced_andWhereItStands() throws Exception {
        AuditEnd end = written();
        assertThat(end.unforced()).extracting(Lines::file).containsExactly(1L, 1L);
        StringBuilder text = new StringBuilder();
        end.unforced().forEach(lines -> text.append(lines.text()));
        byte[] file = Files.readAllBytes(directory.file(1));
        int from = (int) end.unforced().get(0).position();
        assertThat(new String(file, from, file.length - from, StandardCharsets.US_ASCII))
                .isEqualTo(text.toString())
                .contains("\"c\"", "\"d\"", "\"e\"")
                .doesNotContain("\"b\"");
        Lines last = end.unforced().get(1);
        assertThat(last.position() + last.text().length()).isEqualTo(file.length);
        assertThat(end.head()).startsWith("6:");
    }

    @Test
    void aCrashOfTheMachine_atAnyByte_losesNoneOfThem() throws Exception {
        AuditEnd end = written();
        byte[] whole = Files.readAllBytes(directory.file(1));
        for (int cut = (int) end.unforced().get(0).position(); cut < whole.length; cut += 7) {
            Files.write(directory.file(1), Arrays.copyOf(whole, cut));
            open(end);
            assertThat(directory.words()).as("cut at %d", cut).containsExactly("a", "b", "c", "d", "e", "after");
            assertThat(directory.all().get(6).path("restored_lines").asInt()).isEqualTo(3);
            assertThat(directory.verify(ChainHead.parse(end.head()).orElseThrow()))
                    .isEqualTo("fits");
        }
    }

    /** As some file systems leave pages that were not written. */
    @Test
    void zerosInTheirPlace_areReplaced() throws Exception {
        AuditEnd end = written();
        byte[] file = Files.readAllBytes(directory.file(1));
        Arrays.fill(file, (int) end.unforced().get(0).position() + 5, file.length, (byte) 0);
        Files.write(directory.file(1), file);
        open(end);
        assertThat(directory.words()).containsExactly("a", "b", "c", "d", "e", "after");
        assertThat(directory.verify()).isEqualTo("fits");
    }

    @Test
    void aFileThatHasThem_staysAsItIs() throws Exception {
        AuditEnd end = written();
        open(end);
        assertThat(directory.events()).doesNotContain("recovered");
        open(end); // kept until the next commit, though more lines follow them now
        assertThat(directory.words()).containsExactly("a", "b", "c", "d", "e", "after", "after");
        assertThat(directory.verify()).isEqualTo("fits");
    }

    /** The lines that follow may be on the disk already when those before are not. */
    @Test
    void zerosInTheMiddle_areReplaced_andWhatFollowsStays() throws Exception {
        AuditEnd end = written();
        open(end);
        byte[] file = Files.readAllBytes(directory.file(1));
        int from = (int) end.unforced().get(0).position();
        Arrays.fill(file, from + 3, from + 200, (byte) 0);
        Files.write(directory.file(1), file);
        open(end);
        assertThat(directory.words()).containsExactly("a", "b", "c", "d", "e", "after", "after");
        assertThat(directory.verify()).isEqualTo("fits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"D", "much longer than before", ""})
    void anEditedLineAmongThem_staysInSight(String word) throws Exception {
        AuditEnd end = written();
        open(end);
        List<String> edited = directory.lines(1).stream()
                .map(line -> line.replace("\"d\"", '"' + word + '"'))
                .toList();
        directory.rewrite(1, edited);
        open(end);
        assertThat(directory.lines(1)).isEqualTo(edited);
        assertThat(directory.events()).contains("chain-broken").doesNotContain("recovered");
    }

    /** The disk under the store has its own ways to change a byte. */
    @Test
    void keptLinesThatAreNoChain_areNotWritten() throws Exception {
        AuditEnd end = written();
        byte[] whole = Files.readAllBytes(directory.file(1));
        List<Lines> lines = end.unforced();
        Lines last = lines.get(1);
        int from = (int) lines.get(0).position();
        for (Lines bad : List.of(
                new Lines(1, last.position(), last.text().replace("\"e\"", "\"E\"")),
                new Lines(1, last.position() + 1, last.text()),
                new Lines(2, last.position(), last.text()),
                new Lines(1, last.position(), last.text().strip()),
                new Lines(1, last.position(), "no line\n"))) {
            Files.write(directory.file(1), Arrays.copyOf(whole, from));
            assertThat(LinesAfterCrash.restore(new AuditFiles(directory.path), 1, List.of(lines.get(0), bad)))
                    .isZero();
            assertThat(Files.size(directory.file(1))).isEqualTo(from);
        }
        assertThat(LinesAfterCrash.restore(new AuditFiles(directory.path), 1, lines))
                .isEqualTo(3);
        assertThat(Files.readAllBytes(directory.file(1))).isEqualTo(whole);
    }

    @Test
    void aFileThatLostForcedLinesToo_orIsAnother_isNotWritten() throws Exception {
        AuditEnd end = written();
        List<String> lines = directory.lines(1);
        directory.rewrite(1, lines.subList(0, 2));
        open(end);
        assertThat(directory.words()).containsExactly("a", "after");
        Files.delete(directory.file(1));
        directory.write(LogDirectory.ROOMY, "x".repeat(20), "y".repeat(500), "z");
        open(end);
        assertThat(directory.events()).doesNotContain("recovered");
        assertThat(directory.words()).endsWith("z", "after");
    }

    @Test
    void whatIsForced_isNoLongerKept() throws Exception {
        try (AuditLog log = directory.open(AuditEnd.NONE)) {
            log.append(event("a"));
            log.write(event("b"));
            assertThat(log.forcedHead().seq()).isEqualTo(2);
            log.force();
            assertThat(log.end().unforced()).isEmpty();
            assertThat(log.forcedHead()).isEqualTo(log.head());
            log.write(event("c"));
            log.append(event("d"));
            assertThat(log.end().unforced()).isEmpty();
            for (int batch = 0; batch < UnforcedLines.MOST_BATCHES; batch++) {
                log.write(event("e"));
            }
            assertThat(log.end().unforced()).hasSize(UnforcedLines.MOST_BATCHES);
            log.write(event("f"));
            assertThat(log.end().unforced()).isEmpty();
            log.write(event("g"));
            log.write(Collections.nCopies(40, LogDirectory.event("h".repeat(200))));
            assertThat(log.end().unforced()).as("a large batch is forced").isEmpty();
        }
    }

    @Test
    void theNextFile_beginsForced_andWithoutThoseOfTheLast() throws Exception {
        TestClock clock = new TestClock(LogDirectory.NOON);
        try (AuditLog log = AuditLog.open(
                directory.path,
                LogDirectory.ROOMY.with(Setting.AUDIT_FILE_SIZE, 600L),
                clock,
                Optional.of(AuditEnd.NONE))) {
            while (log.number() == 1) {
                log.write(event("word"));
            }
            assertThat(log.end().unforced()).isEmpty();
            assertThat(directory.verify(log.head())).isEqualTo("fits");
        }
    }

    @Test
    void withoutAStoreThatKeepsThem_allIsForced() throws Exception {
        try (AuditLog log = directory.open()) {
            log.append(event("a"));
            log.write(event("b"));
            assertThat(log.end().unforced()).isEmpty();
            assertThat(log.forcedHead()).isEqualTo(log.head());
        }
    }

    /** A disk that failed may have dropped what it had not written, and report it only once. */
    @Test
    void afterAFailure_theyAreWrittenAgain() throws Exception {
        try (AuditLog log = directory.open(AuditEnd.NONE)) {
            log.append(event("a"));
            log.write(event("b"));
            Path away = temp.resolve("away");
            Files.move(directory.file(1), away);
            assertThatThrownBy(() -> log.write(event("lost"))).isInstanceOf(IOException.class);
            byte[] file = Files.readAllBytes(away);
            Arrays.fill(file, (int) log.end().unforced().get(0).position(), file.length, (byte) 0);
            Files.write(away, file);
            Files.move(away, directory.file(1));
            log.write(event("c"));
            assertThat(directory.words()).containsExactly("a", "b", "c");
            assertThat(directory.verify(log.head())).isEqualTo("fits");
        }
    }
}
