package io.rollcall.server.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 4s}, {@code 5m}, {@code 1h}, {@code 30d}, {@code 1.5s}. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Durations() {}

    /** @throws IllegalArgumentException if it is written otherwise; the message says what was expected */
    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a duration such as 4s, 5m or 30d");
        }
        BigDecimal unit = BigDecimal.valueOf(MILLIS.getOrDefault(matcher.group(2), 1L));
        return Duration.ofMillis(new BigDecimal(matcher.group(1)).multiply(unit).longValue());
    }

    static String format(Duration duration) {
        long millis = duration.toMillis();
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            long size = MILLIS.getOrDefault(unit, 1L);
            if (millis >= size && millis % size == 0) {
                return millis / size + unit;
            }
        }
        return millis + "ms";
    }
}
