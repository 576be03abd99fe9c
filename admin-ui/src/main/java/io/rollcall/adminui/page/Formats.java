package io.rollcall.adminui.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats values for pages. */
public final class Formats {

    private static final char THIN_SPACE = '\u202f';
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Formats() {}

    /**
     * Formats a duration, such as "6.2 s", "45 s", "3 min", "2 h 5 min", "9 days"; a negative duration counts as zero.
     */
    public static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        long seconds = millis / 1_000;
        if (seconds < 10) {
            // Whole seconds get no decimal: a setting of 5 s is not a measurement.
            return millis % 1_000 == 0 ? seconds + " s" : seconds + "." + millis % 1_000 / 100 + " s";
        }
        if (seconds < 100) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        if (hours < 48) {
            return minutes % 60 == 0 ? hours + " h" : hours + " h " + minutes % 60 + " min";
        }
        return hours / 24 + " days";
    }

    /** Formats a measured duration, such as "6.2 s" and "0.0 s": always with a decimal below ten seconds. */
    public static String age(Duration age) {
        long millis = Math.max(0, age.toMillis());
        return millis < 10_000 ? millis / 1_000 + "." + millis % 1_000 / 100 + " s" : duration(age);
    }

    /** Formats a number, such as "18 204", with narrow no-break spaces. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', THIN_SPACE);
    }

    /** Formats a count, such as "2 nodes" or "1 node". */
    public static String count(long number, String one, String many) {
        return number(number) + " " + (number == 1 ? one : many);
    }

    /** Formats an instant, such as "2026-11-23 14:02:11 UTC". */
    public static String moment(Instant instant) {
        return MOMENT.format(instant) + " UTC";
    }
}
