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
 * Takes what changed, without a restart.
 *
 * <pre>
 *   configuration file ──► each {@link Reloadable} takes what concerns it, then each looks at its own files:
 *   alpha's bundle, CRL, keys ──► alpha's trust policy     each of them all or nothing: what is bad leaves the old
 *   beta's bundle, CRL, keys ───► beta's trust policy      in force, and raises an alarm
 *   certificate and key ────────► nodes' port and console
 * </pre>
 *
 * A change is in force two looks after it was written: some two seconds. SIGHUP takes all at once.
 *
 * <p>Threads: one of its own looks and takes.
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
     * @param config with which the gateway started
     * @param reports about the configuration file
     * @param parts asked in this order
     */
    public Reloader(GatewayConfig config, ReloadReports reports, List<Reloadable> parts) {
        this.started = config;
        this.wanted = config;
        this.reports = reports;
        this.parts = List.copyOf(parts);
    }

    /** Looks at the files every second from now on. */
    public Reloader start() {
        long period = BETWEEN_LOOKS.toMillis();
        var unused = thread.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
        return this;
    }

    /** Its thread's. */
    public CheckIn checkIn() {
        return thread.checkIn();
    }

    /** Takes changes of the configuration too, and listens to SIGHUP. */
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

    /** Everything, whether it seems to have changed or not. */
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
        thread.checkIn().here(); // each step, since many together may take long
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            // Whatever else it is: the other steps must not suffer.
            log.error("a look at changed files failed; the next one follows", e);
        }
    }

    private Outcome configure(GatewayConfig changed) {
        if (changed.equals(wanted)) {
            return Outcome.SAME;
        }
        warnOfRestart(started.whatNeedsARestart(changed));
        parts.forEach(part -> part.configure(changed));
        wanted = changed; // last: should any of it fail, the next look does all of it again
        log.info("the changed configuration file is in force");
        return Outcome.TAKEN;
    }

    private void warnOfRestart(List<String> names) {
        if (!names.isEmpty() && !names.equals(ignored)) {
            log.warn("the configuration file changes {}: this needs a restart, until then the old stays", names);
        }
        ignored = names;
    }

    /** Takes nothing from here on. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
