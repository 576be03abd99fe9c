package io.rollcall.server.config;

import io.rollcall.net.BadAddressException;
import io.rollcall.net.Host;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
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
    static final Setting<String> HOST = new Setting<>(
            "host", "localhost", Setting::host, "The name or address to listen on, for nodes and the console.");
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
    static final Setting<Duration> AUDIT_KEPT_FOR =
            duration("audit-kept-for", "30d", "1m", "3660d", "How long lines of the audit log are kept.");
    static final Setting<Long> AUDIT_MAX_SIZE = size(
            "audit-max-size",
            "2GiB",
            "16KiB",
            "4096GiB",
            "How much disk the audit log may take; a namespace above its share of it loses its own oldest lines.");
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
    static final Setting<String> KEY = path("key", null, "PEM file with its private key (PKCS#8, SEC1 or PKCS#1).");
    static final Setting<String> TRUST_DOMAIN =
            text("trust-domain", null, "The SPIFFE trust domain of all certificates.");
    static final Setting<String> AUDIENCE = text("audience", "rollcall-gateway", "The audience tokens must name.");
    static final Setting<Duration> MAX_TOKEN_LIFETIME = duration(
            "max-token-lifetime", "1h", "1s", "366d", "The longest time from a token's iat, or from now, to its exp.");
    static final Setting<Duration> JWKS_REFRESH =
            duration("jwks-refresh", "60s", "1s", "1h", "How often token keys behind an https address are fetched.");
    static final Setting<Duration> JWKS_OUTAGE_TOLERANCE = duration(
            "jwks-outage-tolerance",
            "1h",
            "1s",
            "7d",
            "How long the last token keys stay in force while their https address is down.");
    static final Setting<Duration> MAX_CONNECTION_AGE = duration(
            "max-connection-age",
            "1h",
            "1s",
            "30d",
            "When a node is asked to connect anew; spread by a tenth either way.");
    static final Setting<Duration> MAX_CONNECTION_AGE_GRACE = duration(
            "max-connection-age-grace", "10s", "0s", "1h", "How long the calls of a connection that old may go on.");

    static final Setting<Integer> MAX_CONNECTIONS = number(
            "max-connections", "20000", 1, 1_000_000, "How many connections of nodes may be open, of all namespaces.");
    static final Setting<String> TLS_MIN_VERSION =
            oneOf("tls-min-version", "1.2", List.of("1.2", "1.3"), "The oldest version of TLS that nodes may speak.");
    static final Setting<Duration> HANDSHAKE_TIMEOUT = duration(
            "handshake-timeout", "10s", "100ms", "2m", "How long a node may take to set up TLS on its connection.");
    static final Setting<Long> MAX_CERTIFICATE_CHAIN_SIZE = size(
            "max-certificate-chain-size", "16KiB", "16KiB", "100KiB", "How large a node's certificates may be in all.");
    static final Setting<Integer> MAX_CALLS = number(
            "max-calls-per-connection", "100", 1, 10_000, "How many calls may be open at once on one connection.");
    static final Setting<Long> MAX_HEADER_SIZE = size(
            "max-header-size",
            "8KiB",
            "5KiB",
            "64KiB",
            "How large the headers of one call may be, its token included.");
    static final Setting<Long> MAX_MESSAGE_SIZE =
            size("max-message-size", "64KiB", "32KiB", "4MiB", "How large one request may be.");
    static final Setting<Integer> MAX_RESETS =
            number("max-resets", "500", 10, 1_000_000, "How many calls one connection may cancel within reset-window.");
    static final Setting<Duration> RESET_WINDOW =
            duration("reset-window", "10s", "1s", "1h", "The time in which max-resets are counted.");
    static final Setting<Duration> CLIENT_PING_INTERVAL = duration(
            "client-ping-interval", "10s", "1s", "1h", "How often a node may ping; one that does more is cut off.");
    static final Setting<Duration> PING_INTERVAL =
            // gRPC pings every ten seconds at most, whatever it is told.
            duration("ping-interval", "60s", "10s", "1h", "The silence after which a connection is pinged.");
    static final Setting<Duration> PING_TIMEOUT =
            duration("ping-timeout", "20s", "1s", "10m", "How long the answer to a ping may take.");

    /** Each namespace's own, unless it says otherwise under {@code quotas}, where they have no prefix. */
    static final String QUOTA = "quota-";

    static final Setting<Integer> QUOTA_NODES =
            number("quota-nodes", "10000", 1, 10_000_000, "How many live nodes a namespace may have.");
    static final Setting<Integer> QUOTA_WATCHERS =
            number("quota-watchers", "10000", 0, 10_000_000, "How many watches a namespace may have open.");
    static final Setting<Integer> QUOTA_CONNECTIONS =
            number("quota-connections", "10000", 1, 1_000_000, "How many connections a namespace may have open.");
    static final Setting<Integer> QUOTA_NODE_IDS = number(
            "quota-node-ids",
            "100000",
            1,
            100_000_000,
            "How many node ids a namespace may ever use; how the sessions of each ended is kept.");
    static final Setting<Integer> QUOTA_CALLS = number(
            "quota-calls", "25000", 1, 10_000_000, "How many calls a namespace may have open, streams among them.");
    static final Setting<Long> QUOTA_CALL_MEMORY = size(
            "quota-call-memory",
            "128MiB",
            "64KiB",
            "64GiB",
            "How much memory the open calls of a namespace may hold: 4 KiB each, and its headers.");
    static final Setting<Long> QUOTA_UNREAD = size(
            "quota-unread",
            "64MiB",
            "64KiB",
            "16GiB",
            "How much of its replies a namespace may leave unread, and of its requests incomplete.");
    static final Setting<Long> QUOTA_METADATA = size(
            "quota-metadata",
            "16MiB",
            "0B",
            "4GiB",
            "How much metadata the nodes of a namespace may have together, capabilities and addresses included.");
    static final Setting<Integer> QUOTA_CHANGES =
            number("quota-changes", "200", 1, 10_000_000, "How many changes a second a namespace may ask for.");
    static final Setting<Integer> QUOTA_READS =
            number("quota-reads", "500", 1, 10_000_000, "How many reads a second a namespace may ask for.");

    static final Setting<Integer> QUOTA_MEMBER_CHANGES = number(
            "quota-member-changes",
            "1",
            1,
            10_000_000,
            "How many changes a second one node may ask for, and sixty times that at once.");

    static final List<Setting<?>> QUOTAS = List.of(
            QUOTA_NODES,
            QUOTA_NODE_IDS,
            QUOTA_CONNECTIONS,
            QUOTA_CALLS,
            QUOTA_CALL_MEMORY,
            QUOTA_UNREAD,
            QUOTA_WATCHERS,
            QUOTA_METADATA,
            QUOTA_CHANGES,
            QUOTA_READS,
            QUOTA_MEMBER_CHANGES);

    static final List<Setting<?>> ALL = union(
            QUOTAS,
            HOST,
            PORT,
            CONSOLE_PORT,
            DATA_DIR,
            STORE,
            AUDIT_FILE_SIZE,
            AUDIT_KEPT_FOR,
            AUDIT_MAX_SIZE,
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
            JWKS_REFRESH,
            JWKS_OUTAGE_TOLERANCE,
            MAX_CONNECTION_AGE,
            MAX_CONNECTION_AGE_GRACE,
            MAX_CONNECTIONS,
            TLS_MIN_VERSION,
            HANDSHAKE_TIMEOUT,
            MAX_CERTIFICATE_CHAIN_SIZE,
            MAX_CALLS,
            MAX_HEADER_SIZE,
            MAX_MESSAGE_SIZE,
            MAX_RESETS,
            RESET_WINDOW,
            CLIENT_PING_INTERVAL,
            PING_INTERVAL,
            PING_TIMEOUT,
            DEV);

    /** What, with the quotas, a running gateway takes from its changed file; for the others it must be started anew. */
    private static final Set<Setting<?>> LIVE = Set.of(
            LOG_LEVEL,
            CERTIFICATE,
            KEY,
            TRUST_DOMAIN,
            AUDIENCE,
            MAX_TOKEN_LIFETIME,
            JWKS_REFRESH,
            JWKS_OUTAGE_TOLERANCE,
            DEV);

    private static List<Setting<?>> union(List<Setting<?>> some, Setting<?>... others) {
        return Stream.concat(Stream.of(others), some.stream()).toList();
    }

    /** Whether a change of it needs no new start. */
    boolean isLive() {
        return QUOTAS.contains(this) || LIVE.contains(this);
    }

    /** Whether the option may stand without a value. */
    boolean isFlag() {
        return name.equals("dev");
    }

    private static Setting<String> text(String name, @Nullable String initial, String help) {
        return new Setting<>(name, initial, Setting::notEmpty, help);
    }

    private static String host(String text) {
        try {
            return Host.canonical(text);
        } catch (BadAddressException e) {
            throw new IllegalArgumentException("expected " + e.expected(), e);
        }
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
        return UserPath.of(notEmpty(text)).toString();
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
