package io.rollcall.server.audit;

import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.SharedTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sorts closed files into a record for each namespace, and deletes lines that exceed the limits of age and size.
 *
 * <pre>
 *   audit-000007.jsonl ──▶ kept/alpha/000007.jsonl   ┐
 *     closed           ──▶ kept/beta/000007.jsonl    ├─▶ a line "file-sorted" in the log ──▶ audit-000007.jsonl is deleted
 *                      ──▶ kept/gateway/000007.jsonl ┘   with what is kept of each
 *
 *   too old, or too much ──▶ a line "record-cut" in the log ──▶ the oldest files of that record are deleted
 * </pre>
 *
 * So each record is a chain of its own, bound to the log by the latest statement about it, and one namespace's lines
 * can be deleted without those of another. Each step may be interrupted, and is repeated at the next start.
 *
 * <p>Statements are lines of the gateway's own record: before some of them are deleted, their statements about other
 * records are written again.
 *
 * <p>Threads: one of its own; no other thread waits for it.
 */
final class RecordKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RecordKeeper.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration RETENTION_PERIOD = Duration.ofMinutes(1);
    private static final Duration LAST_FILE = Duration.ofSeconds(10);

    /** Bounds the length of a line. */
    private static final int STATES_A_LINE = 40;

    /** The current file, and one that is being sorted. */
    private static final int UNSORTED_FILES = 2;

    /** Unsorted files leave the records at least this fraction of the total size. */
    private static final int LEAST_PART = 4;

    private final AuditFiles files;
    private final KeptFiles kept;
    private final Settings settings;
    private final AuditTrail trail;
    private final RecordAlarms alarms;
    private final Clock clock;
    private final Consumer<SortingStep> passed;
    private final FileSorter sorter;
    private final Set<Long> misfits = new HashSet<>();
    private final SharedTimer executor = new SharedTimer("audit-sorter");

    private @Nullable ChainHead sortedUpTo;
    private @Nullable Instant lookedAt;
    private volatile boolean isClosed;

    /**
     * @param trail records the statements
     * @param passed called after each step, for tests that end there
     */
    RecordKeeper(
            Path directory,
            Settings settings,
            AuditTrail trail,
            Alarms alarms,
            Clock clock,
            Consumer<SortingStep> passed) {
        this.files = new AuditFiles(directory);
        this.kept = new KeptFiles(directory);
        this.settings = settings;
        this.trail = trail;
        this.alarms = new RecordAlarms(alarms, kept);
        this.clock = clock;
        this.passed = passed;
        this.sorter = new FileSorter(files, kept, passed);
    }

    void start() {
        var unused = executor.scheduleWithFixedDelay(
                () -> CheckIn.whileWaitingFor(AuditTrail.DISK, this::roundAndReport),
                0,
                PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** The check-in of its thread. */
    CheckIn checkIn() {
        return executor.checkIn();
    }

    private void roundAndReport() {
        try {
            round();
            alarms.sorting(null);
        } catch (IOException e) {
            alarms.sorting(e);
        }
    }

    /**
     * Sorts closed files, and deletes lines that need not be kept.
     *
     * @throws IOException if a file cannot be read or written; the next round continues from there
     */
    void round() throws IOException {
        boolean isSorted = false;
        for (long number : files.list().headMap(trail.activeFile()).keySet()) {
            if (isClosed) {
                return;
            }
            if (!misfits.contains(number) && isFollowed(number)) {
                isSorted |= sort(number);
                retain();
            }
        }
        if (!isSorted && isTimeToLook()) {
            retain();
        }
    }

    /** Whether the next file has its first line, which may be written a moment after the file is created. */
    private boolean isFollowed(long number) throws IOException {
        Path next = files.path(number + 1);
        return number + 1 < trail.activeFile() || (Files.exists(next) && Files.size(next) > 0);
    }

    private boolean isTimeToLook() {
        Instant last = lookedAt;
        return last == null || Duration.between(last, clock.instant()).abs().compareTo(RETENTION_PERIOD) >= 0;
    }

    private boolean sort(long number) throws IOException {
        try {
            FileSorter.Sorted sorted = sorter.sort(number, follows(number));
            state(Kind.FILE_SORTED, sorted.records(), event -> event.with("file", number)
                    .with("last_line", sorted.end().seq())
                    .with("last_hash", sorted.end().hash()));
            passed.accept(SortingStep.STATED);
            Files.delete(files.path(number));
            AuditFiles.force(files.directory());
            sortedUpTo = sorted.end();
            passed.accept(SortingStep.DELETED);
            return true;
        } catch (FileSorter.MisfitException e) {
            misfits.add(number);
            sortedUpTo = null;
            alarms.misfit(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Known only for the file after one that this process has sorted. */
    private @Nullable ChainHead follows(long number) {
        ChainHead end = sortedUpTo;
        return number == 1 ? ChainHead.NONE : end;
    }

    private interface Details {
        AuditEvent of(AuditEvent event);
    }

    /** Records statements, in as many lines as needed, in a single write. */
    private void state(Kind kind, List<RecordState> states, Details details) throws IOException {
        List<AuditEvent> lines = new ArrayList<>();
        for (int from = 0; from < Math.max(1, states.size()); from += STATES_A_LINE) {
            List<RecordState> part = states.subList(from, Math.min(states.size(), from + STATES_A_LINE));
            lines.add(details.of(AuditEvent.of(clock.instant(), kind))
                    .with("records", part.stream().map(RecordState::fields).toList()));
        }
        trail.record(lines);
    }

    private void retain() throws IOException {
        lookedAt = clock.instant();
        deleteTooOld();
        SortedMap<String, SortedMap<Long, Path>> all = kept.list();
        Map<String, List<Long>> sizes = new TreeMap<>();
        for (Map.Entry<String, SortedMap<Long, Path>> record : all.entrySet()) {
            List<Long> ofRecord = new ArrayList<>();
            for (Path file : record.getValue().values()) {
                ofRecord.add(Files.size(file));
            }
            sizes.put(record.getKey(), ofRecord);
        }
        long most = Math.max(
                settings.get(Setting.AUDIT_MAX_SIZE) - unsorted(), settings.get(Setting.AUDIT_MAX_SIZE) / LEAST_PART);
        Shares shares = new Shares(
                sizes,
                settings.get(Setting.AUDIT_MAX_SIZE) - UNSORTED_FILES * settings.get(Setting.AUDIT_FILE_SIZE),
                most);
        alarms.aboveTheirShare(shares.aboveTheirShare(), shares.share());
        for (Map.Entry<String, Integer> given : shares.toDelete().entrySet()) {
            cut(given.getKey(), all.getOrDefault(given.getKey(), new TreeMap<>()), given.getValue(), "size");
        }
    }

    /** The size of the unsorted files. The current file counts as full: it will be before anything is deleted again. */
    private long unsorted() throws IOException {
        long bytes = settings.get(Setting.AUDIT_FILE_SIZE);
        for (Path closed : files.list().headMap(trail.activeFile()).values()) {
            bytes += Files.size(closed);
        }
        return bytes;
    }

    private void deleteTooOld() throws IOException {
        Instant oldest = clock.instant().minus(settings.get(Setting.AUDIT_KEPT_FOR));
        for (Map.Entry<String, SortedMap<Long, Path>> record : kept.list().entrySet()) {
            int tooOld = 0;
            for (Path file : record.getValue().values()) {
                if (!kept.end(file).written().isBefore(oldest)) {
                    break;
                }
                tooOld++;
            }
            if (tooOld > 0) {
                cut(record.getKey(), record.getValue(), tooOld, "age");
            }
        }
    }

    /** Deletes the oldest files of a record, after recording the deletion. */
    private void cut(String record, SortedMap<Long, Path> present, int count, String why) throws IOException {
        List<Long> numbers = List.copyOf(present.keySet());
        long last = numbers.get(count - 1);
        RecordState before = kept.state(record, Long.MAX_VALUE)
                .orElseThrow(() -> new IOException("the record of " + record + " is gone from " + kept.directory()));
        RecordState after = before.emptied();
        if (count < numbers.size()) {
            KeptHeader first = KeptFiles.header(kept.existing(record, numbers.get(count)));
            after = new RecordState(
                    record,
                    numbers.get(count),
                    first.afterLine(),
                    first.afterLink(),
                    before.toFile(),
                    before.lastLine(),
                    before.lastLink());
        }
        List<RecordState> states = new ArrayList<>();
        if (record.equals(KeptFiles.GATEWAY)) {
            states.addAll(statedUpTo(last));
        }
        states.add(after);
        long upTo = after.afterLine();
        Instant time = kept.end(kept.existing(record, last)).written();
        state(Kind.RECORD_CUT, states, event -> event.with("of", record)
                .with("because", why)
                .with("up_to_line", upTo)
                .with("up_to_time", time.toString()));
        passed.accept(SortingStep.CUT_STATED);
        log.info(
                "audit log: the lines of {} up to {}, {}, are deleted ({})",
                record,
                upTo,
                time,
                why.equals("age") ? "audit-kept-for" : "audit-max-size");
        if (after.isEmpty()) {
            kept.writeEmptied(after);
        }
        kept.delete(present.headMap(last + 1));
        passed.accept(SortingStep.CUT);
    }

    /** The other records whose latest statement may be in these files of the gateway's record. */
    private List<RecordState> statedUpTo(long file) throws IOException {
        List<RecordState> states = new ArrayList<>();
        for (String record : kept.names()) {
            if (!record.equals(KeptFiles.GATEWAY)) {
                kept.state(record, Long.MAX_VALUE)
                        .filter(state -> state.toFile() <= file)
                        .ifPresent(states::add);
            }
        }
        return states;
    }

    /** Finishes the current file, and ends. */
    @Override
    public void close() {
        isClosed = true;
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LAST_FILE.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("a closed file of the audit log is still being sorted; the next start does it again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
