package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.reload.WatchedFiles.Outcome;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import io.rollcall.server.watchdog.SharedTimer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changed configuration and credential files without a restart.
 *
 * <pre>
 *   configuration file ──► each {@link Reloadable} takes what concerns it, then each looks at its own files:
 *   alpha's bundle, CRL, keys ──► alpha's trust policy     each of them all or nothing: what is bad leaves the old
 *   beta's bundle, CRL, keys ───► beta's trust policy      in force, and raises an alarm
 *   certificate and key ────────► nodes' port and console
 * </pre>
 *
 * A change is in force two checks after it was written: about two seconds. SIGHUP reloads everything at once.
 *
 * <p>Threads: a dedicated thread checks and applies.
 */
public final class Reloader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reloader.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final WatchedFiles.Words CONFIGURATION =
            new WatchedFiles.Words("its changed configuration file cannot be used", "all of it stays as it was before");

    private final ReloadReports reports;
    private final List<Reloadable> parts;
    private final SharedTimer thread = new SharedTimer("gateway-reload");
    private final GatewayConfig started;
    private GatewayConfig wanted;
    private List<String> ignored = List.of();
    private @Nullable WatchedFiles configuration;

    /**
     * @param config the configuration at startup
     * @param reports for the configuration file
     * @param parts called in this order
     */
    public Reloader(GatewayConfig config, ReloadReports reports, List<Reloadable> parts) {
        this.started = config;
        this.wanted = config;
        this.reports = reports;
        this.parts = List.copyOf(parts);
    }

    /** Starts to check the files every second. */
    public Reloader start() {
        long period = BETWEEN_LOOKS.toMillis();
        var unused = thread.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
        return this;
    }

    /** Returns the check-in of its thread. */
    public CheckIn checkIn() {
        return thread.checkIn();
    }

    /** Also applies changes of the configuration file, and handles SIGHUP. */
    public void follow(ConfigSource source, HangUpSignal hangUp) {
        thread.execute(() -> watch(source));
        hangUp.then(() -> thread.execute(this::takeAll));
    }

    void watch(ConfigSource source) {
        Path file = source.file();
        if (file != null) {
            configuration = new WatchedFiles(
                    FileWatch.untaken(List.of(file)),
                    reports,
                    Subject.of(Matter.CONFIGURATION),
                    () -> CONFIGURATION,
                    () -> configure(source.read()));
        }
    }

    void look() {
        if (configuration != null) {
            guarded(configuration::look);
        }
        eachFiles(WatchedFiles::look);
        parts.forEach(part -> guarded(part::checkDates));
    }

    /** Reloads everything, changed or not. */
    void takeAll() {
        log.info("SIGHUP: reading all files again, and fetching keys");
        parts.forEach(part -> guarded(part::fetch));
        if (configuration != null) {
            guarded(configuration::takeNow);
        }
        eachFiles(WatchedFiles::takeNow);
    }

    private void eachFiles(Consumer<WatchedFiles> step) {
        for (Reloadable part : parts) {
            part.files().forEach(files -> guarded(() -> step.accept(files)));
        }
    }

    private void guarded(Runnable step) {
        thread.checkIn().here(); // after each step, since all together may take long
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            // Any other defect: it must not affect the other steps.
            log.error("a look at changed files failed; the next one follows", e);
        }
    }

    private Outcome configure(GatewayConfig changed) {
        if (changed.equals(wanted)) {
            return Outcome.SAME;
        }
        warnOfRestart(started.whatNeedsARestart(changed));
        parts.forEach(part -> part.configure(changed));
        wanted = changed; // last: if a part fails, the next check repeats all of them
        log.info("the changed configuration file is in force");
        return Outcome.TAKEN;
    }

    private void warnOfRestart(List<String> names) {
        if (!names.isEmpty() && !names.equals(ignored)) {
            log.warn("the configuration file changes {}: this needs a restart, until then the old stays", names);
        }
        ignored = names;
    }

    /** Stops reloading. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
