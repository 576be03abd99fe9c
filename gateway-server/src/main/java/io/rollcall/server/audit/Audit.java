package io.rollcall.server.audit;

import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalListener;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.registry.AuditEnd;
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
 * The audit log: one line for each change and each security decision, each chained to the line before by its hash.
 * Other features declare the interfaces that they report through; this implements them.
 *
 * <pre>
 *   registry ──AuditSink──────────▶ ChangeAudit ──┐
 *   console ───ConsoleAudit───▶ ConsoleActionAudit ─┼─▶ AuditTrail ──▶ AuditLog (files, chain, rotation)
 *   identity, refusals ─────────▶ AccessAudit ───┤   queue, one flush       │ closed files
 *   changed files ──────────────▶ ReloadAudit ──┘                          ▼
 *                                                    RecordKeeper (a record for each namespace, retention)
 * </pre>
 *
 * <p>Changes and console actions are refused while the log cannot be written. Reads and heartbeats go on; they write
 * nothing when accepted. Threads: any.
 */
public final class Audit implements AutoCloseable {
    private final AuditTrail trail;
    private final RecordKeeper keeper;
    private final ChangeAudit changes;
    private final AccessAudit access;
    private final ConsoleActionAudit console;
    private final ReloadAudit reloads;
    private final Clock clock;

    private Audit(AuditTrail trail, RecordKeeper keeper, AuditRateLimiter limiter, Clock clock) {
        this.trail = trail;
        this.keeper = keeper;
        this.changes = new ChangeAudit(trail, limiter, clock);
        this.access = new AccessAudit(trail, limiter, clock);
        this.console = new ConsoleActionAudit(trail, limiter, clock);
        this.reloads = new ReloadAudit(trail, clock);
        this.clock = clock;
    }

    /**
     * Opens the log in the gateway's directory, and records the start.
     *
     * @param clock for the times in lines
     * @param nanos the monotonic clock, for rates
     * @param version of this program
     * @param alarms raised while it cannot be written
     * @param kept what the store has kept of the log's end; empty: it keeps nothing
     * @throws IOException if it cannot be written; the message says what to do
     */
    public static Audit open(
            Path dataDir,
            Settings settings,
            Clock clock,
            LongSupplier nanos,
            String version,
            Alarms alarms,
            Optional<AuditEnd> kept)
            throws IOException {
        Path directory = dataDir.resolve(AuditFiles.DIRECTORY);
        AuditLog log = AuditLog.open(directory, settings, clock, kept);
        HeadComparison comparison = new HeadComparison(new AuditFiles(directory), log.head());
        AuditRateLimiter limiter = new AuditRateLimiter(clock, nanos);
        AuditTrail trail = new AuditTrail(log, limiter, alarms, clock);
        try {
            trail.record(List.of(AuditEvent.of(clock.instant(), Kind.GATEWAY_STARTED)
                    .with("version", version)
                    .with("process", ProcessHandle.current().pid())));
            compare(trail, comparison, kept.map(AuditEnd::head).orElse(""), clock);
        } catch (IOException | RuntimeException | Error e) {
            close(log, e);
            throw e;
        }
        trail.tellHead();
        trail.start();
        RecordKeeper keeper = new RecordKeeper(directory, settings, trail, alarms, clock, step -> {});
        keeper.start();
        return new Audit(trail, keeper, limiter, clock);
    }

    /**
     * Compares the log as found at the start with the head that the store has kept. A log that ends before it, or has
     * another line there, is reported in the audit log, in the gateway's log and by an alarm.
     */
    private static void compare(AuditTrail trail, HeadComparison comparison, String kept, Clock clock)
            throws IOException {
        Optional<String> misfit = comparison.with(kept);
        if (misfit.isPresent()) {
            trail.tellBroken(misfit.get());
            trail.record(List.of(AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                    .with("store_head", kept)
                    .with("message", misfit.get())));
        }
    }

    private static void close(AuditLog log, Throwable because) {
        try {
            log.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** The log's end, for the store to keep with each commit. Never waits. */
    public AuditEnd end() {
        return trail.end();
    }

    /** Records changes, for the registry. */
    public AuditSink changes() {
        return changes;
    }

    /** Records from which revision on each namespace is served, for the registry. */
    public RegistryListener namespaces() {
        return changes;
    }

    /** Records connections and tokens, for identity. */
    public IdentityListener access() {
        return access;
    }

    /** Records refusals, for the outermost interceptor. */
    public RefusalListener refusals() {
        return access;
    }

    /** Records sign-ins and actions, for the console. */
    public ConsoleAudit console() {
        return console;
    }

    /** Whether the log can be written; if not, changes are refused and notes wait. Never waits. */
    public boolean isWritable() {
        return trail.isWritable();
    }

    /** How many notes were dropped because the queue was full, since the last line that reported them. */
    public long lost() {
        return trail.lost();
    }

    /** How often calls were refused for this reason since the start, those without a line included. */
    public long refusals(Refusal reason) {
        return access.count(reason);
    }

    /** How many handshakes failed for this reason since the start. */
    public long handshakeFailures(HandshakeFailure.Reason reason) {
        return access.count(reason);
    }

    /** Records reloads, for the reloader. */
    public ReloadListener reloads() {
        return reloads;
    }

    /** The check-ins of its threads. */
    public List<CheckIn> checkIns() {
        return List.of(trail.checkIn(), keeper.checkIn());
    }

    /** Records the end, and closes the log. */
    @Override
    public void close() throws IOException {
        keeper.close();
        trail.note(AuditEvent.of(clock.instant(), Kind.GATEWAY_STOPPED));
        trail.close();
    }
}
