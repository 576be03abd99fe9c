package io.rollcall.server.audit;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.alarm.OpenFilesAlarm;
import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Raises and clears the alarms about the records. Used by one thread. */
final class RecordAlarms {
    private final Alarms alarms;
    private final KeptFiles kept;
    private Set<String> above = Set.of();

    RecordAlarms(Alarms alarms, KeptFiles kept) {
        this.alarms = alarms;
        this.kept = kept;
    }

    /** Raises the alarm for records whose lines are deleted early, or are about to be; clears it for all others. */
    void aboveTheirShare(List<String> records, long share) {
        for (String record : records) {
            alarms.raise(
                    subject(record),
                    "the audit record of " + record + " takes more than its share of audit-max-size (" + share
                            + " bytes)",
                    "its oldest lines, and only its own, are deleted before audit-kept-for is over",
                    "copy " + kept.record(record) + " elsewhere, find out in it who changes so much, or raise"
                            + " audit-max-size");
        }
        Set<String> well = new HashSet<>(above);
        records.forEach(well::remove);
        well.forEach(record -> alarms.clear(subject(record)));
        above = Set.copyOf(records);
    }

    private static Subject subject(String record) {
        return record.equals(KeptFiles.GATEWAY)
                ? Subject.of(Matter.AUDIT_SHARE)
                : Subject.of(Matter.AUDIT_SHARE, new NamespaceName(record));
    }

    void misfit(String where) {
        alarms.raise(
                Subject.of(Matter.AUDIT_BROKEN),
                "the audit log is not as it was written: " + where,
                "the file stays as it is, unsorted; the log goes on",
                "see scripts/audit-verify; keep the file elsewhere when you have found out who changed it");
    }

    /** @param failure why closed files were not sorted; null: they were */
    void sorting(@Nullable IOException failure) {
        if (failure == null) {
            alarms.clear(Subject.of(Matter.AUDIT_SORTING));
        } else if (!OpenFilesAlarm.raiseIfRanOut(alarms, failure)) { // otherwise the next round raises it
            alarms.raise(
                    Subject.of(Matter.AUDIT_SORTING),
                    "closed files of the audit log cannot be sorted",
                    "they stay as they are, and nothing of the log is deleted",
                    String.valueOf(failure));
        }
    }
}
