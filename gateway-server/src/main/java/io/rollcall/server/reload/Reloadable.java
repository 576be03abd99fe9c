package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.alarm.OpenFilesAlarm;
import io.rollcall.server.config.ConfigException;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are taken together, or not at all. While what they hold cannot be used, what was taken before stays in
 * force and an alarm says why (I3); each look tries again, since the mistake may lie elsewhere, or pass with time.
 *
 * <p>Used by one thread.
 */
final class Reloadable {
    private static final Logger log = LoggerFactory.getLogger(Reloadable.class);

    private final FileWatch watch;
    private final Alarms alarms;
    private final ReloadListener listener;
    private final Alarm.Subject subject;
    private final Words words;
    private final Taking taking;
    private boolean isPending;

    /** What an alarm says beside the reason. */
    record Words(String what, String consequence) {}

    /** What came of the files. */
    enum Outcome {
        TAKEN,
        /** They say what is in force already. */
        SAME,
        /** Ask again at the next look. */
        NOT_YET
    }

    /** Makes of the files what is in force. */
    @FunctionalInterface
    interface Taking {
        /**
         * All or nothing.
         *
         * @throws IOException or IllegalArgumentException or ConfigException if they cannot be used; the message names
         *     the file and what to do
         */
        Outcome take() throws IOException;
    }

    Reloadable(
            FileWatch watch,
            Alarms alarms,
            ReloadListener listener,
            Alarm.Subject subject,
            Words words,
            Taking taking) {
        this.watch = watch;
        this.alarms = alarms;
        this.listener = listener;
        this.subject = subject;
        this.words = words;
        this.taking = taking;
    }

    /** Takes the files if they changed, or if that is still to be done. */
    void look() {
        boolean isDue = watch.isDue();
        if (isDue || (isPending && !watch.isMoving())) {
            take(false);
        }
    }

    /** Takes the files as they are now. */
    void takeNow() {
        var unused = watch.isDue();
        take(true);
    }

    private void take(boolean isAskedFor) {
        watch.taken();
        isPending = true;
        try {
            Outcome outcome = taking.take();
            if (outcome == Outcome.NOT_YET) {
                return;
            }
            isPending = false;
            boolean isWellAgain = alarms.clear(subject);
            if (outcome == Outcome.TAKEN || isWellAgain || isAskedFor) {
                listener.taken(subject, watch.hashes());
            }
        } catch (IOException | IllegalArgumentException | ConfigException e) {
            if (!OpenFilesAlarm.raiseIfRanOut(alarms, e)) { // else they are not to blame, and tried again
                refuse(String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            log.error("{} could not be taken", subject, e);
            refuse("the gateway failed on it (" + e.getClass().getSimpleName() + "); its log has the details");
        }
    }

    private void refuse(String why) {
        if (alarms.raise(subject, words.what, words.consequence, why)) {
            listener.refused(subject, why);
        }
    }

    /** Nobody is to be told of it any more. */
    void forget() {
        alarms.clear(subject);
    }
}
