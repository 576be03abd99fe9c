package io.rollcall.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing the gateway can be told, under one name: the key in the file and, with two dashes before it, the option on
 * the command line. {@link #ALL} is the whole table.
 *
 * @param name the key and the option
 * @param initial what holds when nobody says otherwise; null: it must be said
 * @param parser reads a value; throws IllegalArgumentException saying what was expected
 * @param help one sentence for {@code --help}
 */
record Setting<T>(String name, @Nullable String initial, Function<String, T> parser, String help) {

    static final Setting<Boolean> DEV =
            new Setting<>("dev", "false", Setting::flag, "Accept development CAs. Never in production.");
    static final Setting<String> HOST =
            text("host", "localhost", "The name or address to listen on, for nodes and the console.");
    static final Setting<Integer> PORT = number("port", "8090", 0, 65535, "The port for nodes; 0: any free one.");
    static final Setting<Integer> CONSOLE_PORT =
            number("console-port", "8443", 0, 65535, "The port of the console; 0: any free one.");
    static final Setting<String> DATA_DIR = path("data-dir", "./data", "Where the gateway keeps its files.");
    static final Setting<String> STORE = oneOf(
            "store",
            "sqlite",
            List.of("sqlite", "memory"),
            "Where the registry is kept: on disk in data-dir, or gone with the process.");
    static final Setting<Long> AUDIT_FILE_SIZE =
            size("audit-file-size", "64MiB", "4KiB", "4GiB", "How large a file of the audit log grows.");
    static final Setting<Integer> AUDIT_FILES_KEPT =
            number("audit-files-kept", "30", 2, 100_000, "How many files of the audit log are kept.");
    static final Setting<String> LOG_LEVEL =
            oneOf("log-level", "info", List.of("error", "warn", "info", "debug", "trace"), "How much to log.");
    static final Setting<Duration> HEARTBEAT_INTERVAL =
            duration("heartbeat-interval", "30s", "20ms", "1h", "How often nodes are asked to send a heartbeat.");
    static final Setting<Duration> NODE_TIMEOUT =
            duration("node-timeout", "300s", "100ms", "1d", "The silence after which a node has failed.");
    static final Setting<Duration> SUSPECT_AFTER = new Setting<>(
            "suspect-after",
            "",
            text -> text.isEmpty() ? Duration.ZERO : Durations.parse(text),
            "The silence after which a node is suspected (default: 2.5 heartbeat intervals).");
    static final Setting<Duration> FAILED_RETENTION =
            duration("failed-retention", "1h", "0s", "30d", "How long a failed node stays on view.");
    static final Setting<Duration> STREAM_GRACE = duration(
            "stream-grace", "2s", "0s", "1h", "How long a broken stream may stay away before its node is suspected.");
    static final Setting<String> CERTIFICATE =
            path("certificate", null, "PEM file with the gateway's certificate chain.");
    static final Setting<String> KEY = path("key", null, "PEM file with its private key (PKCS#8).");
    static final Setting<String> TRUST_DOMAIN =
            text("trust-domain", null, "The SPIFFE trust domain of all certificates.");
    static final Setting<String> AUDIENCE = text("audience", "rollcall-gateway", "The audience tokens must name.");
    static final Setting<Duration> MAX_TOKEN_LIFETIME =
            duration("max-token-lifetime", "1h", "1s", "366d", "The longest time from a token's iat to its exp.");

    /** Each namespace's own, unless it says otherwise under {@code quotas}, where they have no prefix. */
    static final String QUOTA = "quota-";

    static final Setting<Integer> QUOTA_NODES =
            number("quota-nodes", "10000", 1, 10_000_000, "How many live nodes a namespace may have.");
    static final Setting<Integer> QUOTA_WATCHERS =
            number("quota-watchers", "10000", 0, 10_000_000, "How many watches a namespace may have open.");
    static final Setting<Integer> QUOTA_METADATA = number(
            "quota-metadata", "16384", 0, 16_384, "How many characters of metadata a node may have, keys and values.");
    static final Setting<Integer> QUOTA_CHANGES =
            number("quota-changes", "200", 1, 10_000_000, "How many changes a second a namespace may ask for.");
    static final Setting<Integer> QUOTA_READS =
            number("quota-reads", "500", 1, 10_000_000, "How many reads a second a namespace may ask for.");

    static final List<Setting<Integer>> QUOTAS =
            List.of(QUOTA_NODES, QUOTA_WATCHERS, QUOTA_METADATA, QUOTA_CHANGES, QUOTA_READS);

    static final List<Setting<?>> ALL = List.of(
            HOST,
            PORT,
            CONSOLE_PORT,
            DATA_DIR,
            STORE,
            AUDIT_FILE_SIZE,
            AUDIT_FILES_KEPT,
            LOG_LEVEL,
            HEARTBEAT_INTERVAL,
            NODE_TIMEOUT,
            SUSPECT_AFTER,
            FAILED_RETENTION,
            STREAM_GRACE,
            CERTIFICATE,
            KEY,
            TRUST_DOMAIN,
            AUDIENCE,
            MAX_TOKEN_LIFETIME,
            QUOTA_NODES,
            QUOTA_WATCHERS,
            QUOTA_METADATA,
            QUOTA_CHANGES,
            QUOTA_READS,
            DEV);

    /** Whether the option may stand without a value. */
    boolean isFlag() {
        return name.equals("dev");
    }

    private static Setting<String> text(String name, @Nullable String initial, String help) {
        return new Setting<>(name, initial, Setting::notEmpty, help);
    }

    private static Setting<String> path(String name, @Nullable String initial, String help) {
        return new Setting<>(name, initial, Setting::pathText, help);
    }

    private static Setting<Integer> number(String name, String initial, int least, int most, String help) {
        return new Setting<>(name, initial, text -> number(text, least, most), help);
    }

    private static Setting<Duration> duration(String name, String initial, String least, String most, String help) {
        return new Setting<>(name, initial, text -> duration(text, least, most), help);
    }

    private static Setting<Long> size(String name, String initial, String least, String most, String help) {
        return new Setting<>(name, initial, text -> size(text, least, most), help);
    }

    private static Setting<String> oneOf(String name, String initial, List<String> words, String help) {
        return new Setting<>(name, initial, text -> oneOf(text, words), help + " " + words + ".");
    }

    private static String pathText(String text) {
        return Path.of(notEmpty(text)).toString();
    }

    private static String notEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("expected a value");
        }
        return text;
    }

    private static Integer number(String text, int least, int most) {
        String expected = "expected a number in " + least + ".." + most;
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
        }
        throw new IllegalArgumentException(expected);
    }

    private static Duration duration(String text, String least, String most) {
        Duration duration = Durations.parse(text);
        if (duration.compareTo(Durations.parse(least)) < 0 || duration.compareTo(Durations.parse(most)) > 0) {
            throw new IllegalArgumentException("expected " + least + ".." + most);
        }
        return duration;
    }

    private static Long size(String text, String least, String most) {
        long size = Sizes.parse(text);
        if (size < Sizes.parse(least) || size > Sizes.parse(most)) {
            throw new IllegalArgumentException("expected " + least + ".." + most);
        }
        return size;
    }

    private static Boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
    }

    private static String oneOf(String text, List<String> words) {
        if (!words.contains(text)) {
            throw new IllegalArgumentException("expected one of " + words);
        }
        return text;
    }

    static List<String> names() {
        return ALL.stream().<String>map(Setting::name).toList();
    }
}
