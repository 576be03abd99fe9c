package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarms;

/**
 * Who is told what became of changed files.
 *
 * @param alarms say what cannot be used, for as long as that lasts
 * @param listener hears of each change once
 */
public record ReloadReports(Alarms alarms, ReloadListener listener) {}
