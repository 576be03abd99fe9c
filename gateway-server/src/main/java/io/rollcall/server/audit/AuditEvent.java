package io.rollcall.server.audit;

import io.rollcall.server.namespace.NamespaceName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event before it has its place in the chain: named values in the order in which they are written, without empty
 * ones. Built by one thread and then handed over.
 *
 * <p>Values are strings, numbers, booleans, and lists or maps of them; a string is cut at {@value #LONGEST} characters,
 * since some come from callers.
 */
final class AuditEvent {
    static final int LONGEST = 300;
    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Map<String, Object> fields = new LinkedHashMap<>();

    private AuditEvent() {}

    /** The kinds of lines; the word in the log is the name in lower case, with hyphens. */
    enum Kind {
        GATEWAY_STARTED,
        GATEWAY_STOPPED,
        /** A namespace is served from now on, at the revision that the store had. */
        NAMESPACE_OPENED,
        /** A namespace is no longer served. */
        NAMESPACE_CLOSED,
        /** The first line of each file. */
        FILE_BEGUN,
        /** An unfinished line, left by a crash, was removed. */
        RECOVERED,
        /** The last file does not end as it was written. */
        CHAIN_BROKEN,
        /** The lines of a closed file were sorted into the records of their namespaces; the file is deleted. */
        FILE_SORTED,
        /** The oldest lines of one record are deleted. */
        RECORD_CUT,
        /** The log could not be written for a while. */
        RESUMED,
        /** Events were dropped because the queue was full. */
        LOST,
        CHANGE,
        /** The changes in the named lines were not committed. */
        NOT_COMMITTED,
        REFUSAL,
        /** How many further events of a kind exceeded the rate for lines of their own. */
        SUMMED_UP,
        CONNECTION,
        /** An open connection was closed because its credentials are no longer valid. */
        CUT_OFF,
        CERTIFICATE_REFUSED,
        TOKEN,
        SIGN_IN,
        SIGN_OUT,
        CONSOLE_ACTION,
        CONFIGURATION;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** @param time when it happened, by the wall clock */
    static AuditEvent of(Instant time, Kind kind) {
        return new AuditEvent().with("time", RFC_3339.format(time)).with("event", kind.word());
    }

    AuditEvent in(@Nullable NamespaceName namespace) {
        return namespace == null ? this : with("namespace", namespace.value());
    }

    AuditEvent accepted() {
        return with("outcome", "accepted");
    }

    /** @param reason a stable word */
    AuditEvent refused(String reason) {
        return with("outcome", "refused").with("reason", reason);
    }

    AuditEvent with(String name, Object value) {
        if (!isEmpty(value)) {
            fields.put(name, value instanceof String text ? cut(text) : value);
        }
        return this;
    }

    private static boolean isEmpty(Object value) {
        if (value instanceof String text) {
            return text.isEmpty();
        }
        return value instanceof List<?> list && list.isEmpty();
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }
}
