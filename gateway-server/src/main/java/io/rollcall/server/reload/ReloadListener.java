package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm;
import java.util.Map;

/** Receives whether changed files were applied or refused. Called on the reloader's thread; must not wait. */
public interface ReloadListener {
    /** Does nothing. */
    ReloadListener NOBODY = new ReloadListener() {
        @Override
        public void taken(Alarm.Subject what, Map<String, String> hashes) {}

        @Override
        public void refused(Alarm.Subject what, String why) {}
    };

    /**
     * Called when the changed files are in force.
     *
     * @param hashes the SHA-256 of each file, by file name
     */
    void taken(Alarm.Subject what, Map<String, String> hashes);

    /**
     * Called when the changed files cannot be used and the old content stays in force. Called once for each reason,
     * however many retries follow.
     *
     * @param why names the file, quotes no secret
     */
    void refused(Alarm.Subject what, String why);
}
