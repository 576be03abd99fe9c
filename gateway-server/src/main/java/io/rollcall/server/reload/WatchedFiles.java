package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.OpenFilesAlarm;
import io.rollcall.server.config.ConfigException;
import io.rollcall.server.config.StartRefusedException;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group of files that is reloaded as a whole or not at all. While its content cannot be used, the previous content
 * stays in force and an alarm says why (I3); each check tries again, since the cause may lie elsewhere or pass with
 * time.
 *
 * <p>Used by one thread at a time.
 */
public final class WatchedFiles {
    private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);

    private final FileWatch watch;
    private final ReloadReports reports;
    private final Alarm.Subject subject;
    private final Supplier<Words> words;
    private final Taking taking;
    private boolean isPending;

    /** The texts of an alarm apart from the reason. */
    public record Words(String what, String consequence) {}

    /** The result of a reload. */
    public enum Outcome {
        TAKEN,
        /** The content is in force already. */
        SAME,
        /** Try again at the next check. */
        NOT_YET
    }

    /** Puts the content of the files in force. */
    @FunctionalInterface
    public interface Taking {
        /**
         * Loads and applies the files, all or nothing.
         *
         * @throws IOException or IllegalArgumentException or ConfigException if they cannot be used; the message names
         *     the file and what to do
         */
        Outcome take() throws IOException;
    }

    private enum Occasion {
        START,
        CHANGE,
        SIGHUP
    }

    /**
     * @param subject of the alarm
     * @param words of the alarm, evaluated when it is raised
     */
    public WatchedFiles(
            FileWatch watch, ReloadReports reports, Alarm.Subject subject, Supplier<Words> words, Taking taking) {
        this.watch = watch;
        this.reports = reports;
        this.subject = subject;
        this.words = words;
        this.taking = taking;
    }

    /**
     * Loads the files for the first time, before the checks start. Unusable files are refused as at any later check.
     *
     * @throws StartRefusedException if the gateway must not start with them
     */
    public void takeFirst() {
        take(Occasion.START);
    }

    /** Reloads the files if they changed or a reload is still pending. */
    void look() {
        boolean isDue = watch.isDue();
        if (isDue || (isPending && !watch.isMoving())) {
            take(Occasion.CHANGE);
        }
    }

    /** Reloads the files as they are now. */
    void takeNow() {
        var unused = watch.isDue();
        take(Occasion.SIGHUP);
    }

    private void take(Occasion occasion) {
        watch.taken();
        isPending = true;
        try {
            Outcome outcome = taking.take();
            if (outcome == Outcome.NOT_YET) {
                return;
            }
            isPending = false;
            taken(outcome, occasion);
        } catch (StartRefusedException e) {
            if (occasion == Occasion.START) {
                throw e;
            }
            refuse(String.valueOf(e.getMessage()));
        } catch (IOException | IllegalArgumentException | ConfigException e) {
            if (!OpenFilesAlarm.raiseIfRanOut(reports.alarms(), e)) { // else the files are fine; retry
                refuse(String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            log.error("{} could not be taken", subject, e);
            refuse("the gateway failed on it (" + e.getClass().getSimpleName() + "); its log has the details");
        }
    }

    private void taken(Outcome outcome, Occasion occasion) {
        boolean isWellAgain = reports.alarms().clear(subject);
        boolean isChanged = outcome == Outcome.TAKEN && occasion != Occasion.START;
        if (isChanged || isWellAgain || occasion == Occasion.SIGHUP) {
            reports.listener().taken(subject, watch.hashes());
        }
    }

    private void refuse(String why) {
        Words said = words.get();
        if (reports.alarms().raise(subject, said.what, said.consequence, why)) {
            reports.listener().refused(subject, why);
        }
    }

    /** Clears its alarm because the files are no longer used. */
    public void forget() {
        reports.alarms().clear(subject);
    }
}
