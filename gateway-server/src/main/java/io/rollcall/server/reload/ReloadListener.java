package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm;
import java.util.Map;

/** Told whether changed files were put in force or refused. Called on the reloader's thread; must not wait. */
public interface ReloadListener {
    /** Hears nothing. */
    ReloadListener NOBODY = new ReloadListener() {
        @Override
        public void taken(Alarm.Subject what, Map<String, String> hashes) {}

        @Override
        public void refused(Alarm.Subject what, String why) {}
    };

    /**
     * It is in force now.
     *
     * @param hashes SHA-256 of each of its files, by the file's name
     */
    void taken(Alarm.Subject what, Map<String, String> hashes);

    /**
     * It is bad, and the old stays in force. Told once for each reason, however often it is tried again.
     *
     * @param why names the file, quotes no secret
     */
    void refused(Alarm.Subject what, String why);
}
