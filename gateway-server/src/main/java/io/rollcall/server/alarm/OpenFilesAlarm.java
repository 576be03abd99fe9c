package io.rollcall.server.alarm;

import io.rollcall.server.config.OpenFiles;
import java.util.function.LongSupplier;

/**
 * Raises one alarm for too many open files, however many parts of the gateway run into it. Clears it once several
 * checks in a row found room. {@link #raiseIfRanOut} is thread-safe; one thread calls {@link #look}.
 */
public final class OpenFilesAlarm {
    private static final Alarm.Subject SUBJECT = Alarm.Subject.of(Alarm.Matter.OPEN_FILES);

    /** With fewer free, the next connections would raise it again. */
    static final int ROOM = 16;

    static final int LOOKS = 3;

    private final Alarms alarms;
    private final LongSupplier open;
    private final long most;
    private int looksWithRoom;

    /**
     * @param open counts the files that are open now
     * @param most the process's limit
     */
    public OpenFilesAlarm(Alarms alarms, LongSupplier open, long most) {
        this.alarms = alarms;
        this.open = open;
        this.most = most;
    }

    /** @return whether too many open files caused what was thrown */
    public static boolean raiseIfRanOut(Alarms alarms, Throwable thrown) {
        boolean ranOut = OpenFiles.ranOut(thrown);
        if (ranOut) {
            raise(alarms);
        }
        return ranOut;
    }

    static void raise(Alarms alarms) {
        var unused = alarms.raise(
                SUBJECT,
                OpenFiles.RAN_OUT,
                "new connections of nodes and browsers wait, and so do changed files; what is open goes on",
                OpenFiles.REMEDY);
    }

    /**
     * Does the same for a message that is about to be logged, but looks at its text alone: it may have another cause.
     */
    public static boolean raiseIfSaid(Alarms alarms, Throwable thrown) {
        boolean isSaid = OpenFiles.isSaidBy(thrown);
        if (isSaid) {
            raise(alarms);
        }
        return isSaid;
    }

    /** Checks whether there is room again. Call it about once a second. */
    public void look() {
        if (alarms.all().stream().noneMatch(alarm -> alarm.subject().equals(SUBJECT))) {
            looksWithRoom = 0;
            return;
        }
        looksWithRoom = open.getAsLong() <= most - ROOM ? looksWithRoom + 1 : 0;
        if (looksWithRoom >= LOOKS) {
            alarms.clear(SUBJECT);
        }
    }
}
