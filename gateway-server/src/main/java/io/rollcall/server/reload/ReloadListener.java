package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm;

/** Hears what changed material came to. Called on the reloader's thread; must not wait. */
public interface ReloadListener {
    /** Hears nothing. */
    ReloadListener NOBODY = new ReloadListener() {
        @Override
        public void taken(Alarm.Subject what) {}

        @Override
        public void refused(Alarm.Subject what, String why) {}
    };

    /** It is in force now. */
    void taken(Alarm.Subject what);

    /**
     * It is bad, and the old stays in force. Told once for each reason, however often it is tried again.
     *
     * @param why names the file, quotes no secret
     */
    void refused(Alarm.Subject what, String why);
}
