package io.rollcall.server.alarm;

import io.rollcall.server.config.OpenFiles;
import java.util.function.LongSupplier;

/**
 * Too many open files: one alarm, whoever meets with it and however often. It is over once there has been room again for
 * a few looks. {@link #raiseIfRanOut} is thread-safe; one thread looks.
 */
public final class OpenFilesAlarm {
    private static final Alarm.Subject SUBJECT = Alarm.Subject.of(Alarm.Matter.OPEN_FILES);

    /** With fewer the next connections would raise it again. */
    static final int ROOM = 16;

    static final int LOOKS = 3;

    private final Alarms alarms;
    private final LongSupplier open;
    private final long most;
    private int looksWithRoom;

    /**
     * @param open how many files are open now
     * @param most the process's limit
     */
    public OpenFilesAlarm(Alarms alarms, LongSupplier open, long most) {
        this.alarms = alarms;
        this.open = open;
        this.most = most;
    }

    /** @return whether that is the cause of what was thrown */
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

    /** The same for a message that is about to be logged, by its words alone: its cause may be another. */
    public static boolean raiseIfSaid(Alarms alarms, Throwable thrown) {
        boolean isSaid = OpenFiles.isSaidBy(thrown);
        if (isSaid) {
            raise(alarms);
        }
        return isSaid;
    }

    /** Looks, about once a second, whether it is over. */
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
