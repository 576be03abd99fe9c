package io.rollcall.server.audit;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import io.rollcall.server.watchdog.SharedTimer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues events for the log and writes them in one order. Callers wait for some events to be written, and never for the
 * others.
 *
 * <pre>
 *   console actions ── record: returns when it is on the disk, or throws ─────────────┐
 *   changes ── recordWithCommit: returns when it is written; the store brings it      ─┼─▶ AuditLog
 *              to the disk with the change                                             │
 *   refusals, connections, tokens ── note: never waits ──▶ queue ── ten times a second ┘
 * </pre>
 *
 * Each of them also writes the {@value #NOTES_AT_ONCE} oldest notes, before its own events. While the log cannot be
 * written, the queue holds the first {@value #WAITING} notes and counts the others; both are written as soon as there
 * is room.
 *
 * <p>Threads: any; one of its own empties the queue.
 */
final class AuditTrail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);
    static final int WAITING = 16_384;
    private static final int NOTES_AT_ONCE = 512;
    static final String DISK = "the audit log's disk";
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** A line is forced at the latest after so long. */
    private static final Duration FORCE_PERIOD = Duration.ofSeconds(1);

    private static final Duration HEAD_PERIOD = Duration.ofMinutes(5);

    private final AuditLog file;
    private final AuditRateLimiter limiter;
    private final Alarms alarms;
    private final Clock clock;
    private final BlockingQueue<AuditEvent> noted = new ArrayBlockingQueue<>(WAITING);
    private final LongAdder lost = new LongAdder();
    private final SharedTimer executor = new SharedTimer("audit-writer");
    /** Events taken from the queue, or owed, that are not written yet. They are written first. */
    private final List<AuditEvent> carried = new ArrayList<>();

    private volatile AuditEnd end;
    private volatile @Nullable Instant failingSince;
    private @Nullable Instant triedAt;
    private ChainHead toldHead = ChainHead.NONE;

    AuditTrail(AuditLog file, AuditRateLimiter limiter, Alarms alarms, Clock clock) {
        this.file = file;
        this.end = file.end();
        this.limiter = limiter;
        this.alarms = alarms;
        this.clock = clock;
    }

    /** The check-in of its thread. */
    CheckIn checkIn() {
        return executor.checkIn();
    }

    void start() {
        long period = PERIOD.toMillis();
        var unused = executor.scheduleWithFixedDelay(
                () -> CheckIn.whileWaitingFor(DISK, this::flushAndReport), period, period, TimeUnit.MILLISECONDS);
        long second = FORCE_PERIOD.toMillis();
        var unusedEither = executor.scheduleWithFixedDelay(
                () -> CheckIn.whileWaitingFor(DISK, this::forceAndReport), second, second, TimeUnit.MILLISECONDS);
        long minutes = HEAD_PERIOD.toMinutes();
        var unusedToo = executor.scheduleWithFixedDelay(
                () -> CheckIn.whileWaitingFor(DISK, this::tellHead), minutes, minutes, TimeUnit.MINUTES);
    }

    /**
     * Queues an event to be written soon. Never waits; events that do not fit into the queue are counted, and the count
     * is written.
     */
    void note(AuditEvent event) {
        if (!noted.offer(event)) {
            lost.increment();
        }
    }

    /** How many notes were dropped because the queue was full, since the last line that reported them. */
    long lost() {
        return lost.sum();
    }

    /** The last line, and those that are not on the disk. Never waits. */
    AuditEnd end() {
        return end;
    }

    /** The number of the current file; those before it are closed. Never waits. */
    long activeFile() {
        return file.number();
    }

    /** Whether the last attempt to write succeeded. Never waits. */
    boolean isWritable() {
        return failingSince == null;
    }

    /**
     * Writes events after the notes that were queued before, and returns when all of them are on the disk.
     *
     * @return the last of these lines
     * @throws IOException if they cannot be written; then they are in no file and never will be
     */
    synchronized ChainHead record(List<AuditEvent> events) throws IOException {
        write(events, file::append);
        return file.head();
    }

    /**
     * As {@link #record}, but returns when they are written; the next commit of {@link #end} brings them to the disk.
     * Without a store on a disk they are there when it returns.
     */
    synchronized ChainHead recordWithCommit(List<AuditEvent> events) throws IOException {
        write(
                events,
                failingSince == null ? file::write : file::append); // one that failed is forced to tell if it works
        return file.head();
    }

    /** As {@link #note}, but the events are never dropped, and are written before all later ones. */
    void owe(List<AuditEvent> events) {
        CheckIn.whileWaitingFor(DISK, () -> add(events));
    }

    private synchronized void add(List<AuditEvent> events) {
        carried.addAll(events);
    }

    /**
     * Checks whether a log that could not be written can be written now.
     *
     * @throws IOException if it cannot; the message says what to do
     */
    synchronized void probe() throws IOException {
        if (failingSince != null) {
            write(List.of(), file::append);
        }
    }

    /** Writes the queued notes. */
    synchronized void flush() throws IOException {
        takeNotes();
        if (failingSince == null) {
            carried.addAll(limiter.over()); // otherwise the sums keep counting
        }
        if (!carried.isEmpty() || lost.sum() > 0) {
            write(List.of(), file::append);
        }
    }

    /** Brings all that is written to the disk. */
    synchronized void force() throws IOException {
        if (failingSince == null) {
            attempt(file::force);
        } else if (isTimeToTry()) {
            probe(); // nothing else may be written for long
        }
    }

    /** A way to write lines. */
    private interface Writing {
        void write(List<AuditEvent> events) throws IOException;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void write(List<AuditEvent> events, Writing how) throws IOException {
        takeNotes();
        List<AuditEvent> batch = new ArrayList<>();
        Instant since = failingSince;
        if (since != null) {
            batch.add(AuditEvent.of(clock.instant(), Kind.RESUMED).with("failed_since", since.toString()));
        }
        batch.addAll(carried);
        long missing = lost.sum();
        if (missing > 0) {
            batch.add(AuditEvent.of(clock.instant(), Kind.LOST).with("events", missing));
        }
        batch.addAll(events);
        if (batch.isEmpty()) {
            return;
        }
        attempt(() -> how.write(batch));
        carried.clear();
        lost.add(-missing);
        succeeded();
    }

    private void attempt(Attempt attempt) throws IOException {
        try {
            triedAt = clock.instant();
            attempt.run();
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            failed(e);
            throw e;
        }
        end = file.end();
        file.broken().ifPresent(this::tellBroken);
    }

    private void takeNotes() {
        if (carried.size() < NOTES_AT_ONCE) {
            noted.drainTo(carried, NOTES_AT_ONCE - carried.size());
        }
    }

    private void failed(Throwable e) {
        if (failingSince == null) {
            failingSince = clock.instant();
            log.error("the audit log cannot be written", e);
            alarms.raise(
                    Subject.of(Matter.AUDIT_LOG),
                    "the audit log cannot be written",
                    "changes and console actions are refused, reads and heartbeats go on",
                    String.valueOf(e.getMessage()));
        }
    }

    private void succeeded() {
        Instant since = failingSince;
        if (since != null) {
            failingSince = null;
            alarms.clear(Subject.of(Matter.AUDIT_LOG));
            log.info("the audit log is written again, after {}", Duration.between(since, clock.instant()));
        }
    }

    /** Raises an alarm until the next start: what is missing does not come back. */
    void tellBroken(String what) {
        alarms.raise(
                Subject.of(Matter.AUDIT_BROKEN),
                "the audit log is not as it was written: " + what,
                "what is missing stays missing; the log goes on in another file, which says so",
                "find out who changed it, such as a program that rotates logs by cutting them; scripts/audit-verify"
                        + " names the first line that does not fit; a restart ends this alarm");
    }

    private void flushAndReport() {
        try {
            if (isTimeToTry()) {
                flush();
            }
        } catch (IOException e) {
            log.debug("the audit log is still not written", e); // already logged when it began
        }
    }

    private void forceAndReport() {
        try {
            force();
        } catch (IOException e) {
            log.debug("the audit log is not forced to the disk", e); // already logged when it began
        }
    }

    private synchronized boolean isTimeToTry() {
        Instant last = triedAt;
        return failingSince == null
                || last == null
                || Duration.between(last, clock.instant()).abs().compareTo(RETRY) >= 0;
    }

    /** Logs the head of the chain, as evidence if the gateway's log is kept elsewhere. */
    synchronized void tellHead() {
        ChainHead head = file.forcedHead();
        if (!head.equals(toldHead)) {
            toldHead = head;
            log.info("audit log: head {}", head);
        }
    }

    /** Writes the queued notes, and ends. */
    @Override
    public void close() throws IOException {
        executor.shutdown(); // no interrupt: it would close the file in the middle of a line
        try {
            while (!noted.isEmpty()) {
                flush();
            }
            owe(limiter.rest());
            flush();
        } finally {
            synchronized (this) {
                file.close();
            }
            tellHead();
        }
    }
}
