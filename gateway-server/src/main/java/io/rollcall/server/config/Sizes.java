package io.rollcall.server.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code 512B}, {@code 64KiB}, {@code 16MiB}, {@code 2GiB}. */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final Map<String, Long> BYTES = Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Sizes() {}

    /** @throws IllegalArgumentException if it is written otherwise; the message says what was expected */
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a size such as 64KiB or 16MiB");
        }
        return Long.parseLong(matcher.group(1)) * BYTES.getOrDefault(matcher.group(2), 1L);
    }
}
