package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.CompressedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Closed files become a record for each namespace, each of which may lose its own oldest lines and nobody else's.
 *
 * <p>Planted bugs: files not renamed; a file deleted before the log states what became of it; lines deleted that no
 * statement tells of; what the gateway's lines stated not stated again before they go; the smallest record cut first; the
 * end of a file not held against the next; links, or a record's last link, not looked at.
 */
class RecordKeeperTest {
    private static final Settings ROOMY =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 2_000L).with(Setting.AUDIT_MAX_SIZE, 2_000_000L);
    private static final Settings TIGHT =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 2_000L).with(Setting.AUDIT_MAX_SIZE, 24_000L);
    private static final Settings NARROW =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 2_000L).with(Setting.AUDIT_MAX_SIZE, 8_000L);
    private static final Consumer<SortingStep> ON = step -> {};

    @TempDir
    private Path temp;

    private final TestClock clock = new TestClock(LogDirectory.NOON);
    private final Alarms alarms = new Alarms(clock, whose -> {});
    private LogDirectory directory;
    private AuditTrail trail;

    @BeforeEach
    void begin() throws Exception {
        directory = new LogDirectory(temp.resolve("audit"));
        open(ROOMY);
    }

    @AfterEach
    void end() throws Exception {
        trail.close();
    }

    private void open(Settings config) throws IOException {
        trail = new AuditTrail(
                AuditLog.open(directory.path, config, clock, Optional.empty()),
                new AuditRateLimiter(clock, System::nanoTime),
                alarms,
                clock);
    }

    private static ChainHead headOf(AuditTrail trail) {
        return ChainHead.parse(trail.end().head()).orElseThrow();
    }

    private void restart(Settings config) throws IOException {
        trail.close();
        open(config);
    }

    private RecordKeeper keeper(Settings config, Consumer<SortingStep> passed) {
        return new RecordKeeper(directory.path, config, trail, alarms, clock, passed);
    }

    private void write(String namespace, int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            trail.record(List.of(LogDirectory.event(namespace, "word-" + i)));
        }
    }

    private static List<String> words(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("word").asText()).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void closedFiles_areSorted_withNothingLostAndNothingTwice_andTheLogFits() throws Exception {
        write("alpha", 20);
        write("beta", 3);
        write("alpha", 20);
        ChainHead before = headOf(trail);
        long active = trail.activeFile();
        assertThat(active).isGreaterThan(3);
        RecordKeeper keeper = keeper(ROOMY, ON);
        keeper.round();
        assertThat(directory.file(1)).doesNotExist();
        assertThat(directory.numbers()).isEqualTo(upTo(headOf(trail).seq()));
        assertThat(directory.kept().list()).containsOnlyKeys("alpha", "beta", "gateway");
        assertThat(words(directory.record("beta"))).isEqualTo(List.of("word-0", "word-1", "word-2"));
        assertThat(directory.record("gateway"))
                .extracting(line -> line.get("event").asText())
                .contains("file-begun")
                .doesNotContain("change");
        assertThat(directory.verify(before)).isEqualTo("fits");
        assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
        keeper.round();
        write("beta", 20);
        keeper.round();
        assertThat(directory.numbers()).isEqualTo(upTo(headOf(trail).seq()));
        assertThat(directory.verify(before)).isEqualTo("fits");
        assertThat(alarms.all()).isEmpty();
    }

    /** An idle log must come to rest: what sorting writes must not be what fills the next file. */
    @Test
    void sortingComesToAnEnd() throws Exception {
        write("alpha", 50);
        RecordKeeper keeper = keeper(ROOMY, ON);
        for (int i = 0; i < 5; i++) {
            keeper.round();
        }
        ChainHead before = headOf(trail);
        keeper.round();
        assertThat(headOf(trail)).isEqualTo(before);
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Dies when it passes that step for the n-th time, and is started again. */
    @ParameterizedTest
    @EnumSource(SortingStep.class)
    void d1_killedAtAnyStep_itLosesNothing_andKeepsNothingTwice(SortingStep where) throws Exception {
        boolean isCut = where.name().startsWith("CUT");
        Settings config = isCut ? NARROW : ROOMY;
        for (int time = 1; time <= 3; time++) {
            write("alpha", 60);
            write("beta", 5);
            int[] left = {time};
            RecordKeeper dying = keeper(config, step -> {
                if (step == where && --left[0] == 0) {
                    throw new Killed();
                }
            });
            assertThatThrownBy(dying::round).isInstanceOf(Killed.class);
            assertThat(directory.verify(headOf(trail)))
                    .as("killed at %s the %d. time", where, time)
                    .isEqualTo("fits");
            restart(ROOMY);
            keeper(config, ON).round();
            assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
            assertThat(directory.numbers()).doesNotHaveDuplicates();
            if (!isCut) {
                assertThat(directory.numbers()).isEqualTo(upTo(headOf(trail).seq()));
            }
        }
    }

    @Test
    void aNamespaceThatFloods_losesItsOwnOldestLines_afterAnAlarm_andNobodyElseLosesAny() throws Exception {
        write("beta", 8);
        RecordKeeper keeper = keeper(TIGHT, ON);
        for (int i = 0; i < 40; i++) {
            write("alpha", 10);
            keeper.round();
        }
        assertThat(words(directory.record("beta"))).hasSize(8);
        List<JsonNode> alpha = directory.record("alpha");
        assertThat(alpha.size()).isLessThan(100).isGreaterThan(5);
        assertThat(bytesOnDisk())
                .as("but for files that wait to be sorted")
                .isLessThanOrEqualTo(TIGHT.get(Setting.AUDIT_MAX_SIZE) + 2 * TIGHT.get(Setting.AUDIT_FILE_SIZE));
        assertThat(alarms.all())
                .extracting(Alarm::subject)
                .contains(Subject.of(Matter.AUDIT_SHARE, new NamespaceName("alpha")));
        assertThat(alarms.all())
                .extracting(Alarm::subject)
                .doesNotContain(Subject.of(Matter.AUDIT_SHARE, new NamespaceName("beta")));
        assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
        ChainVerifier verifier = new ChainVerifier(directory.path, null);
        assertThat(verifier.verify()).isEmpty();
        assertThat(verifier.records())
                .filteredOn(record -> record.record().equals("alpha"))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.firstLine())
                            .isEqualTo(alpha.get(0).get("seq").asLong());
                    assertThat(record.deletedUpTo()).isPositive().isLessThan(record.firstLine());
                });
        assertThat(verifier.records())
                .filteredOn(record -> record.record().equals("beta"))
                .singleElement()
                .satisfies(record -> assertThat(record.deletedUpTo()).isZero());
        // What was deleted is on record.
        List<JsonNode> own = new ArrayList<>(directory.record("gateway"));
        own.addAll(directory.all());
        assertThat(own)
                .filteredOn(line -> line.path("event").asText().equals("record-cut"))
                .isNotEmpty()
                .anySatisfy(line -> {
                    assertThat(line.get("of").asText()).isEqualTo("alpha");
                    assertThat(line.get("because").asText()).isEqualTo("size");
                });
    }

    private long bytesOnDisk() throws IOException {
        long bytes = 0;
        List<Path> files = new ArrayList<>(directory.files());
        directory.kept().list().values().forEach(record -> files.addAll(record.values()));
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** Statements are the gateway's own lines: when these go, what the others keep must still be provable. */
    @Test
    void whenTheGatewaysOwnLinesGo_theOthersStayProvable() throws Exception {
        write("beta", 12);
        RecordKeeper keeper = keeper(TIGHT, ON);
        for (int i = 0; i < 400; i++) {
            trail.record(List.of(LogDirectory.event("nobody's " + i)));
            keeper.round();
        }
        assertThat(directory.record("gateway").get(0).get("seq").asLong()).isGreaterThan(20);
        assertThat(words(directory.record("beta"))).hasSizeGreaterThan(5);
        assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
        Path oldest =
                directory.kept().of("beta").get(directory.kept().of("beta").firstKey());
        Files.delete(oldest);
        assertThat(directory.verify()).contains("kept/beta/", "is missing, though the log says it is kept");
    }

    @Test
    void whatIsOlderThanItIsKeptFor_isDeleted_andTheRestFits() throws Exception {
        write("alpha", 30);
        RecordKeeper keeper = keeper(ROOMY, ON);
        keeper.round();
        clock.advance(Duration.ofDays(31));
        trail.record(List.of(AuditEvent.of(clock.instant(), AuditEvent.Kind.CHANGE)
                .in(new NamespaceName("beta"))
                .with("word", "late")));
        keeper.round();
        assertThat(directory.record("alpha")).isEmpty();
        assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
        long lastDeleted =
                directory.kept().state("alpha", Long.MAX_VALUE).orElseThrow().lastLine();
        assertThat(lastDeleted).isGreaterThan(30);
        for (int i = 0; i < 20; i++) {
            trail.record(List.of(AuditEvent.of(clock.instant(), AuditEvent.Kind.CHANGE)
                    .in(new NamespaceName("alpha"))
                    .with("word", "new " + i)));
        }
        restart(ROOMY);
        keeper(ROOMY, ON).round();
        assertThat(words(directory.record("alpha"))).contains("new 0");
        assertThat(directory.kept().state("alpha", Long.MAX_VALUE).orElseThrow().afterLine())
                .as("or nobody could tell that there were any lines before")
                .isEqualTo(lastDeleted);
        assertThat(directory.verify(headOf(trail))).isEqualTo("fits");
    }

    /** As the builds before wrote it, with files up to the fourth deleted because thirty were kept. */
    @Test
    void aLogOfBefore_isSorted_goesOn_andFits() throws Exception {
        LogDirectory old = new LogDirectory(temp.resolve("old"));
        Files.createDirectories(old.path);
        ChainHead head = new ChainHead(1_000, "ab".repeat(32));
        for (long number = 5; number <= 7; number++) {
            StringBuilder file = new StringBuilder();
            List<AuditEvent> events = new ArrayList<>();
            events.add(AuditEvent.of(LogDirectory.NOON, AuditEvent.Kind.FILE_BEGUN)
                    .with("file", number)
                    .with("oldest_file", 5));
            for (int i = 0; i < 8; i++) {
                events.add(LogDirectory.event(i % 2 == 0 ? "alpha" : "beta", "old-" + number + i));
            }
            for (AuditEvent event : events) {
                String line = AuditLine.write(head, event.fields());
                file.append(line);
                head = AuditLine.headOf(line);
            }
            Files.writeString(old.file(number), file);
        }
        assertThat(old.verify(head)).isEqualTo("fits");
        try (AuditTrail log = new AuditTrail(
                AuditLog.open(old.path, ROOMY, clock, Optional.empty()),
                new AuditRateLimiter(clock, System::nanoTime),
                alarms,
                clock)) {
            assertThat(headOf(log)).isEqualTo(head);
            RecordKeeper keeper = new RecordKeeper(old.path, ROOMY, log, alarms, clock, ON);
            for (int i = 0; i < 20; i++) {
                log.record(List.of(LogDirectory.event("alpha", "new-" + i)));
                keeper.round();
            }
            assertThat(old.file(5)).doesNotExist();
            assertThat(old.verify(head)).isEqualTo("fits");
            assertThat(old.verify(headOf(log))).isEqualTo("fits");
            assertThat(old.numbers())
                    .isEqualTo(LongStream.rangeClosed(1_001, headOf(log).seq())
                            .boxed()
                            .toList());
            assertThat(words(old.record("beta"))).hasSize(12);
        }
    }

    @Test
    void aFileThatDoesNotFit_isNotSorted_andThatIsAnAlarm() throws Exception {
        write("alpha", 40);
        List<String> lines = new ArrayList<>(directory.lines(2));
        lines.set(2, lines.get(2).replace("word-", "WORD-"));
        directory.rewrite(2, lines);
        RecordKeeper keeper = keeper(ROOMY, ON);
        keeper.round();
        assertThat(directory.lines(2)).isEqualTo(lines);
        assertThat(directory.file(1)).doesNotExist();
        assertThat(directory.file(3)).doesNotExist();
        assertThat(alarms.all()).extracting(Alarm::subject).contains(Subject.of(Matter.AUDIT_BROKEN));
        assertThat(directory.verify()).isEqualTo("audit-000002.jsonl:3: its hash is not that of its text");
    }

    @Test
    void aFileWhoseEndWasCutOff_isNotSorted_soThatThePlaceStaysToBeSeen() throws Exception {
        write("alpha", 20);
        List<String> lines = directory.lines(2);
        directory.rewrite(2, lines.subList(0, lines.size() - 1));
        keeper(ROOMY, ON).round();
        assertThat(directory.file(2)).exists();
        assertThat(directory.verify()).contains("does not follow on line").startsWith("audit-000003.jsonl");
    }

    @Test
    void whatIsDoneToARecord_isFound() throws Exception {
        write("alpha", 40);
        keeper(ROOMY, ON).round();
        assertThat(directory.kept().of("alpha").size()).isGreaterThan(3);
        Path file = directory.kept().path("alpha", 2);
        List<String> whole = CompressedText.lines(file);

        tamper(file, whole, lines -> lines.set(2, lines.get(2).replace("word-", "WORD-")));
        assertThat(directory.verify()).isEqualTo("kept/alpha/000002.jsonl.gz:3: its hash is not that of its text");
        tamper(file, whole, lines -> lines.remove(2));
        assertThat(directory.verify())
                .startsWith("kept/alpha/000002.jsonl.gz:3: line ")
                .contains("does not follow on line");
        tamper(file, whole, lines -> lines.add(2, lines.get(1)));
        assertThat(directory.verify())
                .startsWith("kept/alpha/000002.jsonl.gz:3: line ")
                .contains("does not follow on line");
        tamper(file, whole, lines -> lines.remove(lines.size() - 1));
        assertThat(directory.verify()).startsWith("kept/alpha/000003.jsonl.gz:1: does not follow on line");
        tamper(file, whole, lines -> {
            KeptLine line = KeptLine.read(lines.get(1)).orElseThrow();
            String forged = AuditLine.write(
                            new ChainHead(line.line().seq() - 1, line.line().prev()),
                            LogDirectory.event("alpha", "forged").fields())
                    .strip();
            String hash = AuditLine.read(forged).orElseThrow().hash();
            lines.set(
                    1,
                    KeptLine.write(forged, KeptLine.link(headerOf(lines), hash)).strip());
        });
        assertThat(directory.verify())
                .startsWith("kept/alpha/000002.jsonl.gz:3: line ")
                .contains("does not follow on line");
        Files.delete(file);
        assertThat(directory.verify()).startsWith("kept/alpha/000003.jsonl.gz:1: does not follow on line");
        CompressedText.write(file, whole);
        assertThat(directory.verify()).isEqualTo("fits");

        Path oldest = directory.kept().path("alpha", 1);
        byte[] bytes = Files.readAllBytes(oldest);
        Files.delete(oldest);
        assertThat(directory.verify())
                .isEqualTo("kept/alpha/000001.jsonl.gz: is missing, though the log says it is kept");
        Files.write(oldest, bytes);
        long last = directory.kept().of("alpha").lastKey();
        Path newest = directory.kept().path("alpha", last);
        byte[] end = Files.readAllBytes(newest);
        Files.delete(newest);
        assertThat(directory.verify()).contains("the record ends with line");
        Files.write(newest, end);
        CompressedText.write(directory.kept().path("alpha", 900), whole);
        assertThat(directory.verify()).isEqualTo("kept/alpha/000900.jsonl.gz: is known to no line of the log");
    }

    @Test
    void aDamagedFileOfARecord_isFound_andSoIsOneThatIsCutOff() throws Exception {
        write("alpha", 40);
        keeper(ROOMY, ON).round();
        Path file = directory.kept().path("alpha", 2);
        byte[] whole = Files.readAllBytes(file);

        Files.write(file, Arrays.copyOf(whole, whole.length - 9));
        assertThat(directory.verify()).startsWith("kept/alpha/000002.jsonl.gz:end: cannot be decompressed as a whole");
        byte[] damaged = whole.clone();
        damaged[whole.length - 5] ^= 1; // of the checksum
        Files.write(file, damaged);
        assertThat(directory.verify()).startsWith("kept/alpha/000002.jsonl.gz:end: cannot be decompressed as a whole");
        for (int more : new int[] {1, 2, 10, 100, 200_000}) {
            Files.write(file, Arrays.copyOf(whole, whole.length + more));
            assertThat(directory.verify())
                    .startsWith("kept/alpha/000002.jsonl.gz:end: cannot be decompressed as a whole")
                    .contains("has " + more + " bytes behind the end");
        }
        Files.write(file, "no gzip".getBytes(StandardCharsets.US_ASCII));
        assertThat(directory.verify()).startsWith("kept/alpha/000002.jsonl.gz:end: cannot be decompressed as a whole");
    }

    /** Earlier versions kept the lines uncompressed. */
    @Test
    void filesOfEarlierVersions_areReadOn() throws Exception {
        write("alpha", 40);
        keeper(ROOMY, ON).round();
        for (String record : directory.kept().list().keySet()) {
            for (Map.Entry<Long, Path> file : directory.kept().of(record).entrySet()) {
                Path plain = directory.kept().uncompressed(record, file.getKey());
                CompressedText.write(plain, CompressedText.lines(file.getValue()));
                Files.delete(file.getValue());
            }
        }
        assertThat(directory.verify()).isEqualTo("fits");

        write("alpha", 40);
        keeper(ROOMY, ON).round();
        assertThat(directory.verify()).isEqualTo("fits");
        assertThat(directory.kept().of("alpha").values())
                .anyMatch(file -> file.toString().endsWith(".jsonl"))
                .anyMatch(file -> file.toString().endsWith(".jsonl.gz"));
    }

    private static String headerOf(List<String> lines) {
        return KeptHeader.read(lines.get(0)).orElseThrow().afterLink();
    }

    private static void tamper(Path file, List<String> whole, Consumer<List<String>> how) throws IOException {
        List<String> lines = new ArrayList<>(whole);
        how.accept(lines);
        CompressedText.write(file, lines);
    }

    @Test
    void aHeadOfALineThatWasDeleted_cannotBeCompared_andThatIsSaid() throws Exception {
        trail.record(List.of(LogDirectory.event("alpha", "early")));
        ChainHead early = headOf(trail);
        RecordKeeper keeper = keeper(TIGHT, ON);
        keeper.round();
        assertThat(directory.verify(early)).isEqualTo("fits");
        for (int i = 0; i < 20; i++) {
            write("alpha", 20);
            keeper.round();
        }
        assertThat(directory.verify()).isEqualTo("fits");
        assertThat(directory.verify(early)).contains("is no longer kept, so the head cannot be compared");
        assertThat(directory.verify(new ChainHead(early.seq() + 1_000_000, early.hash())))
                .contains("but there was a line");
    }
}
