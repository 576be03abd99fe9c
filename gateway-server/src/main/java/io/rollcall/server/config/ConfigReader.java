package io.rollcall.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link GatewayConfig} of a file and the command line, which wins. Reads on after a mistake, so that all of
 * them are told at once. Used by one thread, once.
 */
public final class ConfigReader {
    private static final String NAMESPACES = "namespaces";
    private static final List<String> NAMESPACE_KEYS = List.of(
            "trust-bundle",
            "crl",
            "jwks",
            "jwks-ca",
            "jwks-rsa-algorithm",
            "issuer",
            "require-token-binding",
            "quotas");

    private final ConfigFile file;
    private final Map<String, String> options;
    private final Problems problems = new Problems();
    private final Map<String, String> texts = new HashMap<>();

    private ConfigReader(ConfigFile file, Map<String, String> options) {
        this.file = file;
        this.options = options;
    }

    /**
     * @param file the configuration file; null: none
     * @param options what the command line said, by the setting's name
     * @throws ConfigException if anything is wrong; its message lists everything
     */
    public static GatewayConfig read(@Nullable Path file, Map<String, String> options) {
        return new ConfigReader(file == null ? ConfigFile.none() : ConfigFile.read(file), options).read();
    }

    private GatewayConfig read() {
        refuseUnknown(file.root(), "", union(Setting.names(), NAMESPACES));
        LeaseConfig leases = leases();
        IdentityConfig identity = new IdentityConfig(
                get(Setting.DEV, false),
                get(Setting.TRUST_DOMAIN, ""),
                get(Setting.AUDIENCE, ""),
                get(Setting.MAX_TOKEN_LIFETIME, Duration.ZERO),
                get(Setting.JWKS_REFRESH, Duration.ZERO),
                get(Setting.JWKS_OUTAGE_TOLERANCE, Duration.ZERO),
                namespaces());
        GatewayConfig config = new GatewayConfig(
                get(Setting.HOST, ""),
                get(Setting.PORT, 0),
                get(Setting.CONSOLE_PORT, 0),
                path(Setting.DATA_DIR),
                get(Setting.STORE, "").equals("sqlite"),
                audit(),
                get(Setting.LOG_LEVEL, ""),
                path(Setting.CERTIFICATE),
                path(Setting.KEY),
                leases,
                quotas(identity.namespaces()),
                connections(),
                identity,
                texts);
        problems.throwIfAny();
        return config;
    }

    private AuditConfig audit() {
        long fileSize = get(Setting.AUDIT_FILE_SIZE, 0L);
        long maxSize = get(Setting.AUDIT_MAX_SIZE, 0L);
        if (maxSize < AuditConfig.LEAST_FILES * fileSize) {
            problems.add("audit-max-size: " + maxSize + " bytes (expected: at least " + AuditConfig.LEAST_FILES
                    + " times audit-file-size, " + fileSize + " bytes)");
        }
        return new AuditConfig(fileSize, maxSize, get(Setting.AUDIT_KEPT_FOR, Duration.ZERO));
    }

    private ConnectionConfig connections() {
        Duration window = get(Setting.RESET_WINDOW, Duration.ZERO);
        if (!window.equals(window.truncatedTo(ChronoUnit.SECONDS))) {
            problems.add("reset-window: " + Durations.format(window) + " (expected: whole seconds)");
        }
        return new ConnectionConfig(
                get(Setting.MAX_CONNECTIONS, 0),
                get(Setting.MAX_CONNECTION_AGE, Duration.ZERO),
                get(Setting.MAX_CONNECTION_AGE_GRACE, Duration.ZERO),
                new ConnectionConfig.TlsLimits(
                        get(Setting.TLS_MIN_VERSION, ""),
                        get(Setting.HANDSHAKE_TIMEOUT, Duration.ZERO),
                        bytes(Setting.MAX_CERTIFICATE_CHAIN_SIZE)),
                new ConnectionConfig.Http2Limits(
                        get(Setting.MAX_CALLS, 0),
                        bytes(Setting.MAX_HEADER_SIZE),
                        bytes(Setting.MAX_MESSAGE_SIZE),
                        get(Setting.MAX_RESETS, 0),
                        window,
                        get(Setting.CLIENT_PING_INTERVAL, Duration.ZERO),
                        get(Setting.PING_INTERVAL, Duration.ZERO),
                        get(Setting.PING_TIMEOUT, Duration.ZERO)));
    }

    private int bytes(Setting<Long> setting) {
        return Math.toIntExact(get(setting, 0L));
    }

    private LeaseConfig leases() {
        Duration interval = get(Setting.HEARTBEAT_INTERVAL, Duration.ZERO);
        Duration timeout = get(Setting.NODE_TIMEOUT, Duration.ZERO);
        Duration said = get(Setting.SUSPECT_AFTER, Duration.ZERO);
        Duration suspectAfter = said.isZero() ? interval.multipliedBy(5).dividedBy(2) : said;
        if (timeout.compareTo(interval) <= 0) {
            problems.add("node-timeout: " + Durations.format(timeout) + " (expected: more than heartbeat-interval, "
                    + Durations.format(interval) + ")");
        }
        if (said.compareTo(timeout) > 0) {
            problems.add("suspect-after: " + Durations.format(said) + " (expected: at most node-timeout, "
                    + Durations.format(timeout) + ")");
        }
        return new LeaseConfig(
                interval,
                suspectAfter,
                timeout,
                get(Setting.FAILED_RETENTION, Duration.ZERO),
                get(Setting.STREAM_GRACE, Duration.ZERO));
    }

    private List<NamespaceConfig> namespaces() {
        List<NamespaceConfig> found = new ArrayList<>();
        JsonNode tree = file.root().path(NAMESPACES);
        if (!tree.isObject()) {
            problems.add("namespaces: none (expected: names, each with trust-bundle, jwks and issuer; or {} for none)");
        }
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            namespace(entry.getKey(), entry.getValue()).ifPresent(found::add);
        }
        return found;
    }

    private Optional<NamespaceConfig> namespace(String name, JsonNode tree) {
        String where = NAMESPACES + "." + name;
        refuseUnknown(tree, where + ".", NAMESPACE_KEYS);
        Optional<Path> bundle =
                required(tree, where, "trust-bundle").flatMap(text -> file(where + ".trust-bundle", text));
        Optional<KeySetConfig> jwks = keySet(tree, where);
        Optional<Path> crl = optionalFile(tree, where, "crl");
        JsonNode binding = tree.path("require-token-binding");
        if (!binding.isMissingNode() && !binding.isBoolean()) {
            problems.add(where + ".require-token-binding: '" + binding.asText() + "' (expected true or false)");
        }
        boolean requireBinding = binding.asBoolean(true);
        boolean mayLackIssuer = !requireBinding && !tree.has("issuer");
        Optional<String> issuer = mayLackIssuer ? Optional.empty() : required(tree, where, "issuer");
        try {
            NamespaceName valid = new NamespaceName(name);
            if (bundle.isEmpty() || jwks.isEmpty() || (issuer.isEmpty() && !mayLackIssuer)) {
                return Optional.empty();
            }
            return Optional.of(new NamespaceConfig(valid, bundle.get(), crl, jwks.get(), issuer, requireBinding));
        } catch (IllegalArgumentException e) {
            problems.add(where + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Path> optionalFile(JsonNode tree, String where, String key) {
        Optional<String> said = Optional.of(tree.path(key).asText("")).filter(value -> !value.isBlank());
        if (tree.has(key) && said.isEmpty()) {
            problems.add(where + "." + key + ": expected a file, or leave the key out");
        }
        return said.flatMap(text -> file(where + "." + key, text));
    }

    private Optional<KeySetConfig> keySet(JsonNode tree, String where) {
        Optional<URI> address = required(tree, where, "jwks").flatMap(value -> address(where, value));
        Optional<Path> authorities = optionalFile(tree, where, "jwks-ca");
        if (authorities.isPresent()
                && address.isPresent()
                && !"https".equals(address.get().getScheme())) {
            problems.add(where + ".jwks-ca: '" + tree.path("jwks-ca").asText()
                    + "' (expected only where jwks is an https address)");
            return Optional.empty();
        }
        String ofRsa = tree.path("jwks-rsa-algorithm").asText(KeySetConfig.USUAL_RSA_ALGORITHM);
        if (!KeySetConfig.RSA_ALGORITHMS.contains(ofRsa)) {
            problems.add(where + ".jwks-rsa-algorithm: '" + ofRsa + "' (expected one of " + KeySetConfig.RSA_ALGORITHMS
                    + ")");
            return Optional.empty();
        }
        return address.map(keys -> new KeySetConfig(keys, authorities, ofRsa));
    }

    private Map<NamespaceName, Quotas> quotas(List<NamespaceConfig> namespaces) {
        Map<NamespaceName, Quotas> found = new TreeMap<>();
        for (NamespaceConfig namespace : namespaces) {
            String where = NAMESPACES + "." + namespace.name() + ".quotas.";
            JsonNode own =
                    file.root().path(NAMESPACES).path(namespace.name().value()).path("quotas");
            refuseUnknown(
                    own,
                    where,
                    Setting.QUOTAS.stream().map(ConfigReader::quotaKey).toList());
            found.put(
                    namespace.name(),
                    new Quotas(
                            quota(Setting.QUOTA_NODES, own, where),
                            quota(Setting.QUOTA_NODE_IDS, own, where),
                            quota(Setting.QUOTA_CONNECTIONS, own, where),
                            quota(Setting.QUOTA_CALLS, own, where),
                            quota(Setting.QUOTA_CALL_MEMORY, own, where),
                            quota(Setting.QUOTA_UNREAD, own, where),
                            quota(Setting.QUOTA_WATCHERS, own, where),
                            quota(Setting.QUOTA_METADATA, own, where),
                            quota(Setting.QUOTA_CHANGES, own, where),
                            quota(Setting.QUOTA_READS, own, where),
                            quota(Setting.QUOTA_MEMBER_CHANGES, own, where)));
        }
        return found;
    }

    private static String quotaKey(Setting<?> setting) {
        return setting.name().substring(Setting.QUOTA.length());
    }

    private <T> T quota(Setting<T> setting, JsonNode own, String where) {
        T initial = setting.parser().apply(String.valueOf(setting.initial()));
        String key = quotaKey(setting);
        JsonNode said = own.path(key);
        if (said.isMissingNode()) {
            return get(setting, initial);
        }
        try {
            return setting.parser().apply(said.asText());
        } catch (IllegalArgumentException e) {
            problems.add(where + key + ": '" + said.asText() + "' (" + e.getMessage() + ")");
            return initial;
        }
    }

    private Optional<URI> address(String where, String value) {
        if (!value.contains("://")) {
            return file(where + ".jwks", value).map(Path::normalize).map(Path::toUri);
        }
        try {
            URI address = URI.create(value);
            if ("https".equals(address.getScheme()) && address.getHost() != null) {
                return Optional.of(address);
            }
        } catch (IllegalArgumentException e) {
            problems.add(
                    where + ".jwks: '" + value + "' (expected a file or an https address: " + e.getMessage() + ")");
            return Optional.empty();
        }
        problems.add(where + ".jwks: '" + value + "' (expected a file or an https address)");
        return Optional.empty();
    }

    /** A file that this one names, relative to its folder. */
    private Optional<Path> file(String where, String text) {
        try {
            return Optional.of(UserPath.in(file.folder(), text));
        } catch (IllegalArgumentException e) {
            problems.add(where + ": '" + text + "' (" + e.getMessage() + ")");
            return Optional.empty();
        }
    }

    private Optional<String> required(JsonNode tree, String where, String key) {
        String value = tree.path(key).asText("");
        if (value.isBlank()) {
            problems.add(where + "." + key + ": missing");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** A path in the file is relative to it; any other to where the gateway was started. */
    private Path path(Setting<String> setting) {
        boolean isInFile = !options.containsKey(setting.name()) && file.root().has(setting.name());
        Path folder = isInFile ? file.folder() : Path.of("").toAbsolutePath();
        return folder.resolve(get(setting, "")).normalize();
    }

    private <T> T get(Setting<T> setting, T afterMistake) {
        String option = options.get(setting.name());
        JsonNode key = file.root().path(setting.name());
        if (key.isContainerNode()) {
            problems.add(setting.name() + ": expected one value");
            return afterMistake;
        }
        String inFile = key.isMissingNode() ? setting.initial() : key.asText();
        String text = option != null ? option : inFile;
        if (text == null) {
            problems.add(setting.name() + ": missing (" + setting.help() + ")");
            return afterMistake;
        }
        texts.put(setting.name(), text);
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            problems.add(setting.name() + ": '" + text + "' (" + e.getMessage() + ")");
            return afterMistake;
        }
    }

    private void refuseUnknown(JsonNode tree, String prefix, List<String> known) {
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            if (!known.contains(entry.getKey())) {
                problems.add(prefix + entry.getKey() + ": unknown key" + NearestName.hint(entry.getKey(), known));
            }
        }
    }

    private static List<String> union(List<String> names, String more) {
        List<String> all = new ArrayList<>(names);
        all.add(more);
        return all;
    }
}
