package io.rollcall.server.config;

import io.rollcall.net.BadAddressException;
import io.rollcall.net.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A setting of the gateway. Its name is the key in the file and, with two dashes before it, the option on the command
 * line. Each setting is declared here, once, and read from {@link Settings} where it is used. Declaring it adds it to
 * the file, the command line, {@code --help} and the comparison of changes.
 *
 * @param <T> the type of its values
 */
public final class Setting<T> {
    /** Filled by the declarations below. */
    private static final List<Setting<?>> DECLARED = new ArrayList<>();

    /** When a change of the file takes effect. */
    enum Change {
        /** At the next start. */
        AT_START,
        /** At once. */
        LIVE,
        /** At once; the trust policy of each namespace is rebuilt. */
        TRUST
    }

    /** Reads a value. */
    @FunctionalInterface
    private interface Parser<T> {
        T parse(String text, Path folder);
    }

    public static final Setting<Boolean> DEV =
            flag("dev", Change.TRUST, "Accept development CAs. Never in production.");
    public static final Setting<String> HOST = new Setting<>(
            "host",
            Change.AT_START,
            "localhost",
            (text, folder) -> host(text),
            "The name or address to listen on, for nodes and the console.",
            false);
    public static final Setting<Integer> PORT =
            number("port", Change.AT_START, "8090", 0, 65535, "The port for nodes; 0: any free one.");
    public static final Setting<Integer> CONSOLE_PORT =
            number("console-port", Change.AT_START, "8443", 0, 65535, "The port of the console; 0: any free one.");
    public static final Setting<Path> DATA_DIR =
            path("data-dir", Change.AT_START, "./data", "Where the gateway keeps its files.");
    public static final Setting<String> STORE = oneOf(
            "store",
            Change.AT_START,
            "sqlite",
            List.of("sqlite", "memory"),
            "Where the registry is kept: on disk in data-dir, or in memory alone.");
    public static final Setting<Long> AUDIT_FILE_SIZE = size(
            "audit-file-size", Change.AT_START, "64MiB", "4KiB", "4GiB", "How large a file of the audit log grows.");
    public static final Setting<Duration> AUDIT_KEPT_FOR = duration(
            "audit-kept-for", Change.AT_START, "30d", "1m", "3660d", "How long lines of the audit log are kept.");
    public static final Setting<Long> AUDIT_MAX_SIZE = size(
            "audit-max-size",
            Change.AT_START,
            "2GiB",
            "16KiB",
            "4096GiB",
            "How much disk the audit log may take; a namespace above its share of it loses its own oldest lines.");
    public static final Setting<String> LOG_LEVEL = oneOf(
            "log-level", Change.LIVE, "info", List.of("error", "warn", "info", "debug", "trace"), "How much to log.");
    public static final Setting<Duration> HEARTBEAT_INTERVAL = duration(
            "heartbeat-interval",
            Change.AT_START,
            "30s",
            "20ms",
            "1h",
            "How often nodes are asked to send a heartbeat.");
    public static final Setting<Duration> NODE_TIMEOUT = duration(
            "node-timeout", Change.AT_START, "300s", "100ms", "1d", "The silence after which a node has failed.");
    /** Empty: two and a half heartbeat intervals. */
    public static final Setting<Optional<Duration>> SUSPECT_AFTER = new Setting<>(
            "suspect-after",
            Change.AT_START,
            "",
            (text, folder) -> text.isEmpty() ? Optional.empty() : Optional.of(Durations.parse(text)),
            "The silence after which a node is suspected (default: 2.5 heartbeat intervals).",
            false);

    public static final Setting<Duration> FAILED_RETENTION =
            duration("failed-retention", Change.AT_START, "1h", "0s", "30d", "How long a failed node stays on view.");
    public static final Setting<Duration> STREAM_GRACE = duration(
            "stream-grace",
            Change.AT_START,
            "2s",
            "0s",
            "1h",
            "How long a broken stream may stay away before its node is suspected.");
    public static final Setting<Path> CERTIFICATE =
            path("certificate", Change.LIVE, null, "PEM file with the gateway's certificate chain.");
    public static final Setting<Path> KEY =
            path("key", Change.LIVE, null, "PEM file with its private key (PKCS#8, SEC1 or PKCS#1).");
    public static final Setting<String> TRUST_DOMAIN =
            text("trust-domain", Change.TRUST, null, "The SPIFFE trust domain of all certificates.");
    public static final Setting<String> AUDIENCE =
            text("audience", Change.TRUST, "rollcall-gateway", "The audience tokens must name.");
    public static final Setting<Duration> MAX_TOKEN_LIFETIME = duration(
            "max-token-lifetime",
            Change.TRUST,
            "1h",
            "1s",
            "366d",
            "The longest time from a token's iat, or from now, to its exp.");
    public static final Setting<Duration> JWKS_REFRESH = duration(
            "jwks-refresh",
            Change.TRUST,
            "60s",
            "1s",
            "1h",
            "How often token keys behind an https address are fetched.");
    public static final Setting<Duration> JWKS_OUTAGE_TOLERANCE = duration(
            "jwks-outage-tolerance",
            Change.TRUST,
            "1h",
            "1s",
            "7d",
            "How long the last token keys stay in force while their https address is down.");
    public static final Setting<Duration> MAX_CONNECTION_AGE = duration(
            "max-connection-age",
            Change.AT_START,
            "1h",
            "1s",
            "30d",
            "When a node is asked to connect again; spread by a tenth either way.");
    public static final Setting<Duration> MAX_CONNECTION_AGE_GRACE = duration(
            "max-connection-age-grace",
            Change.AT_START,
            "10s",
            "0s",
            "1h",
            "How long the calls of a connection that old may go on.");

    public static final Setting<Integer> MAX_CONNECTIONS = number(
            "max-connections",
            Change.AT_START,
            "20000",
            1,
            1_000_000,
            "How many connections of nodes may be open, in all namespaces together.");
    public static final Setting<String> TLS_MIN_VERSION = oneOf(
            "tls-min-version",
            Change.AT_START,
            "1.2",
            List.of("1.2", "1.3"),
            "The oldest version of TLS that nodes may speak.");
    public static final Setting<Duration> HANDSHAKE_TIMEOUT = duration(
            "handshake-timeout",
            Change.AT_START,
            "10s",
            "100ms",
            "2m",
            "How long a node may take to set up TLS on its connection.");
    public static final Setting<Integer> MAX_CERTIFICATE_CHAIN_SIZE = smallSize(
            "max-certificate-chain-size",
            Change.AT_START,
            "16KiB",
            "16KiB",
            "100KiB",
            "How large a node's certificates may be in all.");
    public static final Setting<Integer> MAX_CALLS = number(
            "max-calls-per-connection",
            Change.AT_START,
            "100",
            1,
            10_000,
            "How many calls may be open at once on one connection.");
    public static final Setting<Integer> MAX_HEADER_SIZE = smallSize(
            "max-header-size",
            Change.AT_START,
            "8KiB",
            "5KiB",
            "64KiB",
            "How large the headers of one call may be, its token included.");
    public static final Setting<Integer> MAX_MESSAGE_SIZE =
            smallSize("max-message-size", Change.AT_START, "64KiB", "32KiB", "4MiB", "How large one request may be.");
    public static final Setting<Integer> MAX_RESETS = number(
            "max-resets",
            Change.AT_START,
            "500",
            10,
            1_000_000,
            "How many calls one connection may cancel within reset-window.");
    public static final Setting<Duration> RESET_WINDOW =
            duration("reset-window", Change.AT_START, "10s", "1s", "1h", "The time in which max-resets are counted.");
    public static final Setting<Duration> CLIENT_PING_INTERVAL = duration(
            "client-ping-interval",
            Change.AT_START,
            "10s",
            "1s",
            "1h",
            "How often a node may ping; one that exceeds this is disconnected.");
    public static final Setting<Duration> PING_INTERVAL =
            // gRPC does not ping more often than every ten seconds.
            duration(
                    "ping-interval",
                    Change.AT_START,
                    "60s",
                    "10s",
                    "1h",
                    "The silence after which a connection is pinged.");
    public static final Setting<Duration> PING_TIMEOUT =
            duration("ping-timeout", Change.AT_START, "20s", "1s", "10m", "How long the answer to a ping may take.");

    /**
     * The prefix of the quotas of each namespace; a namespace may override them under {@code quotas}, without the
     * prefix.
     */
    static final String QUOTA = "quota-";

    public static final Setting<Integer> QUOTA_NODES =
            number("quota-nodes", Change.LIVE, "10000", 1, 10_000_000, "How many live nodes a namespace may have.");
    public static final Setting<Integer> QUOTA_WATCHERS = number(
            "quota-watchers", Change.LIVE, "10000", 0, 10_000_000, "How many watches a namespace may have open.");
    public static final Setting<Integer> QUOTA_CONNECTIONS = number(
            "quota-connections", Change.LIVE, "10000", 1, 1_000_000, "How many connections a namespace may have open.");
    public static final Setting<Integer> QUOTA_NODE_IDS = number(
            "quota-node-ids",
            Change.LIVE,
            "100000",
            1,
            100_000_000,
            "How many node ids a namespace may ever use; the gateway keeps how the sessions of each ended.");
    public static final Setting<Integer> QUOTA_CALLS = number(
            "quota-calls",
            Change.LIVE,
            "25000",
            1,
            10_000_000,
            "How many calls a namespace may have open, streams among them.");
    public static final Setting<Long> QUOTA_CALL_MEMORY = size(
            "quota-call-memory",
            Change.LIVE,
            "128MiB",
            "64KiB",
            "64GiB",
            "How much memory the open calls of a namespace may hold: 4 KiB each, and its headers.");
    public static final Setting<Long> QUOTA_UNREAD = size(
            "quota-unread",
            Change.LIVE,
            "64MiB",
            "64KiB",
            "16GiB",
            "How much of its replies a namespace may leave unread, and of its requests incomplete.");
    public static final Setting<Long> QUOTA_METADATA = size(
            "quota-metadata",
            Change.LIVE,
            "16MiB",
            "0B",
            "4GiB",
            "How much metadata the nodes of a namespace may have together, capabilities and addresses included.");
    public static final Setting<Integer> QUOTA_CHANGES = number(
            "quota-changes", Change.LIVE, "200", 1, 10_000_000, "How many changes a second a namespace may ask for.");
    public static final Setting<Integer> QUOTA_READS = number(
            "quota-reads", Change.LIVE, "500", 1, 10_000_000, "How many reads a second a namespace may ask for.");

    public static final Setting<Integer> QUOTA_MEMBER_CHANGES = number(
            "quota-member-changes",
            Change.LIVE,
            "1",
            1,
            10_000_000,
            "How many changes a second one node may ask for, and sixty times that at once.");

    private final String name;
    private final Change change;
    private final @Nullable String initial;
    private final Parser<T> parser;
    private final String help;
    private final boolean isFlag;
    private final int index = DECLARED.size();

    private Setting(
            String name, Change change, @Nullable String initial, Parser<T> parser, String help, boolean isFlag) {
        this.name = name;
        this.change = change;
        this.initial = initial;
        this.parser = parser;
        this.help = help;
        this.isFlag = isFlag;
        DECLARED.add(this);
    }

    private static Setting<String> text(String name, Change change, @Nullable String initial, String help) {
        return new Setting<>(name, change, initial, (text, folder) -> notEmpty(text), help, false);
    }

    private static Setting<Path> path(String name, Change change, @Nullable String initial, String help) {
        return new Setting<>(name, change, initial, Setting::path, help, false);
    }

    private static Setting<Integer> number(
            String name, Change change, String initial, int least, int most, String help) {
        return new Setting<>(name, change, initial, (text, folder) -> number(text, least, most), help, false);
    }

    private static Setting<Duration> duration(
            String name, Change change, String initial, String least, String most, String help) {
        return new Setting<>(name, change, initial, (text, folder) -> duration(text, least, most), help, false);
    }

    private static Setting<Long> size(
            String name, Change change, String initial, String least, String most, String help) {
        return new Setting<>(name, change, initial, (text, folder) -> size(text, least, most), help, false);
    }

    private static Setting<Integer> smallSize(
            String name, Change change, String initial, String least, String most, String help) {
        return new Setting<>(
                name, change, initial, (text, folder) -> Math.toIntExact(size(text, least, most)), help, false);
    }

    private static Setting<Boolean> flag(String name, Change change, String help) {
        return new Setting<>(name, change, "false", (text, folder) -> flag(text), help, true);
    }

    private static Setting<String> oneOf(String name, Change change, String initial, List<String> words, String help) {
        return new Setting<>(
                name, change, initial, (text, folder) -> oneOf(text, words), help + " " + words + ".", false);
    }

    private static String host(String text) {
        try {
            return Host.canonical(text);
        } catch (BadAddressException e) {
            throw new IllegalArgumentException("expected " + e.expected(), e);
        }
    }

    private static Path path(String text, Path folder) {
        return UserPath.in(folder, UserPath.of(notEmpty(text)).toString()).normalize();
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

    /** All settings, in the order of their declaration. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(DECLARED);
    }

    static List<String> names() {
        return DECLARED.stream().<String>map(Setting::name).toList();
    }

    /** The settings that a namespace may override. */
    static List<Setting<?>> quotas() {
        return DECLARED.stream().filter(Setting::isQuota).toList();
    }

    /** The position in {@link #all}. */
    int index() {
        return index;
    }

    /** The key and the option. */
    public String name() {
        return name;
    }

    /** The key of a quota in a namespace's {@code quotas}. */
    String quotaKey() {
        return name.substring(QUOTA.length());
    }

    boolean isQuota() {
        return name.startsWith(QUOTA);
    }

    Change change() {
        return change;
    }

    /** Whether a change takes effect without a restart. */
    boolean isLive() {
        return change != Change.AT_START;
    }

    /** Whether the option may stand without a value. */
    boolean isFlag() {
        return isFlag;
    }

    /** The default value as it would be written; null: a value is required. */
    @Nullable
    String initial() {
        return initial;
    }

    /** One sentence for {@code --help}. */
    String help() {
        return help;
    }

    /**
     * @param folder that a path is relative to
     * @throws IllegalArgumentException saying what was expected
     */
    T parse(String text, Path folder) {
        return parser.parse(text, folder);
    }

    /** Its name. */
    @Override
    public String toString() {
        return name;
    }
}
