package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarms;

/**
 * The recipients of reports about changed files.
 *
 * @param alarms raised while files cannot be used
 * @param listener notified of each change once
 */
public record ReloadReports(Alarms alarms, ReloadListener listener) {}
