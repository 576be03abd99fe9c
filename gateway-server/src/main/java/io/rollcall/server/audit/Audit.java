package io.rollcall.server.audit;

import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalListener;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.registry.AuditSink;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.reload.ReloadListener;
import io.rollcall.server.watchdog.CheckIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who did what: one line for each change and each security decision, each bound to the line before by its hash. The
 * features below declare what they tell; this writes it down.
 *
 * <pre>
 *   registry ──AuditSink──────────▶ ChangeAudit ──┐
 *   console ───ConsoleAudit───▶ ConsoleActionAudit ─┼─▶ AuditTrail ──▶ AuditLog (files, chain, rotation)
 *   identity, refusals ─────────▶ AccessAudit ───┤   queue, one flush       │ closed files
 *   changed files ──────────────▶ ReloadAudit ──┘                          ▼
 *                                                    RecordKeeper (a record for each namespace, retention)
 * </pre>
 *
 * <p>Changes and console actions are refused while the log cannot be written; reads and heartbeats go on, and accepted
 * ones write nothing. Threads: any.
 */
public final class Audit implements AutoCloseable {
    private final AuditTrail trail;
    private final RecordKeeper keeper;
    private final HeadComparison comparison;
    private final ChangeAudit changes;
    private final AccessAudit access;
    private final ConsoleActionAudit console;
    private final ReloadAudit reloads;
    private final Clock clock;

    private Audit(
            AuditTrail trail, RecordKeeper keeper, HeadComparison comparison, AuditRateLimiter limiter, Clock clock) {
        this.trail = trail;
        this.keeper = keeper;
        this.comparison = comparison;
        this.changes = new ChangeAudit(trail, limiter, clock);
        this.access = new AccessAudit(trail, limiter, clock);
        this.console = new ConsoleActionAudit(trail, limiter, clock);
        this.reloads = new ReloadAudit(trail, clock);
        this.clock = clock;
    }

    /**
     * Opens the log in the gateway's directory, and puts the start on record.
     *
     * @param clock for the times in lines
     * @param nanos the monotonic clock, for rates
     * @param version of this program
     * @param alarms told while it cannot be written
     * @throws IOException if it cannot be written; the message says what to do
     */
    public static Audit open(
            Path dataDir, Settings settings, Clock clock, LongSupplier nanos, String version, Alarms alarms)
            throws IOException {
        Path directory = dataDir.resolve(AuditFiles.DIRECTORY);
        AuditLog log = AuditLog.open(directory, settings, clock);
        HeadComparison comparison = new HeadComparison(new AuditFiles(directory), log.head());
        AuditRateLimiter limiter = new AuditRateLimiter(clock, nanos);
        AuditTrail trail = new AuditTrail(log, limiter, alarms, clock);
        try {
            trail.record(List.of(AuditEvent.of(clock.instant(), Kind.GATEWAY_STARTED)
                    .with("version", version)
                    .with("process", ProcessHandle.current().pid())));
        } catch (IOException | RuntimeException | Error e) {
            close(log, e);
            throw e;
        }
        trail.tellHead();
        trail.start();
        RecordKeeper keeper = new RecordKeeper(directory, settings, trail, alarms, clock, step -> {});
        keeper.start();
        return new Audit(trail, keeper, comparison, limiter, clock);
    }

    private static void close(AuditLog log, Throwable because) {
        try {
            log.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** Where the log stands on the disk, for the store to keep beside each commit. Never waits. */
    public String head() {
        return trail.head().toString();
    }

    /**
     * Compares what was there at the start with the head that the store has kept: a log that ends before it, or has
     * another line there, is told in the log itself, in the gateway's and by an alarm.
     *
     * @param kept as {@link #head} gave it; empty: none is known
     * @throws IOException if that cannot be put on record
     */
    public void compareWith(String kept) throws IOException {
        Optional<String> misfit = comparison.with(kept);
        if (misfit.isPresent()) {
            trail.tellBroken(misfit.get());
            trail.record(List.of(AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                    .with("store_head", kept)
                    .with("message", misfit.get())));
        }
    }

    /** For the registry: changes. */
    public AuditSink changes() {
        return changes;
    }

    /** For the registry: at which revision each namespace is served. */
    public RegistryListener namespaces() {
        return changes;
    }

    /** For identity: who comes in. */
    public IdentityListener access() {
        return access;
    }

    /** For the outermost interceptor: who is turned away. */
    public RefusalListener refusals() {
        return access;
    }

    /** For the console. */
    public ConsoleAudit console() {
        return console;
    }

    /** Whether it can be written: while not, changes are refused and notes wait. Never waits. */
    public boolean isWritable() {
        return trail.isWritable();
    }

    /** How many notes had no place in the queue since the last line that told of it. */
    public long lost() {
        return trail.lost();
    }

    /** How often calls were refused for this reason since the start, whether each has its line or not. */
    public long refusals(Refusal reason) {
        return access.count(reason);
    }

    /** How many handshakes failed for this reason since the start. */
    public long handshakeFailures(HandshakeFailure.Reason reason) {
        return access.count(reason);
    }

    /** For the reloader: what changed while the gateway ran. */
    public ReloadListener reloads() {
        return reloads;
    }

    /** Those of its threads. */
    public List<CheckIn> checkIns() {
        return List.of(trail.checkIn(), keeper.checkIn());
    }

    /** Puts the end on record. */
    @Override
    public void close() throws IOException {
        keeper.close();
        trail.note(AuditEvent.of(clock.instant(), Kind.GATEWAY_STOPPED));
        trail.close();
    }
}
