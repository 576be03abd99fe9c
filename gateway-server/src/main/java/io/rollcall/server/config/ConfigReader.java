package io.rollcall.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.server.namespace.NamespaceName;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link GatewayConfig} from a file and the command line, which takes precedence. Continues after a mistake, so
 * that all of them are reported together. Used by one thread, once.
 */
public final class ConfigReader {
    /** While a file is sorted, its lines are on the disk twice and the next file is being written. */
    private static final int LEAST_AUDIT_FILES = 4;

    private static final String NAMESPACES = "namespaces";
    private static final String QUOTAS = "quotas";

    private final ConfigFile file;
    private final Map<String, String> options;
    private final Problems problems = new Problems();
    /** The values that could be read. */
    private final Map<Setting<?>, Object> values = new HashMap<>();

    private ConfigReader(ConfigFile file, Map<String, String> options) {
        this.file = file;
        this.options = options;
    }

    /**
     * @param file the configuration file; null: none
     * @param options the options of the command line, by the setting's name
     * @throws ConfigException if anything is wrong; its message lists everything
     */
    public static GatewayConfig read(@Nullable Path file, Map<String, String> options) {
        return new ConfigReader(file == null ? ConfigFile.none() : ConfigFile.read(file), options).read();
    }

    private GatewayConfig read() {
        Section.refuseUnknown(file.root(), "", union(Setting.names(), NAMESPACES), problems);
        Setting.all().forEach(this::read);
        checkTogether();
        List<NamespaceConfig> namespaces = namespaces();
        Settings settings = Settings.of(values);
        Map<NamespaceName, Settings> quotas = quotas(namespaces, settings.quotas());
        problems.throwIfAny();
        return new GatewayConfig(settings, namespaces, quotas);
    }

    /** Checks the settings against each other. */
    private void checkTogether() {
        where(Setting.AUDIT_FILE_SIZE, Setting.AUDIT_MAX_SIZE, (fileSize, maxSize) -> {
            if (maxSize < LEAST_AUDIT_FILES * fileSize) {
                problems.add("audit-max-size: " + maxSize + " bytes (expected: at least " + LEAST_AUDIT_FILES
                        + " times audit-file-size, " + fileSize + " bytes)");
            }
        });
        where(Setting.RESET_WINDOW, Setting.RESET_WINDOW, (window, same) -> {
            if (!window.equals(window.truncatedTo(ChronoUnit.SECONDS))) {
                problems.add("reset-window: " + Durations.format(window) + " (expected: whole seconds)");
            }
        });
        where(Setting.HEARTBEAT_INTERVAL, Setting.NODE_TIMEOUT, (interval, timeout) -> {
            if (timeout.compareTo(interval) <= 0) {
                problems.add("node-timeout: " + Durations.format(timeout) + " (expected: more than heartbeat-interval, "
                        + Durations.format(interval) + ")");
            }
        });
        where(Setting.SUSPECT_AFTER, Setting.NODE_TIMEOUT, (said, timeout) -> {
            if (said.filter(after -> after.compareTo(timeout) > 0).isPresent()) {
                problems.add("suspect-after: " + Durations.format(said.get()) + " (expected: at most node-timeout, "
                        + Durations.format(timeout) + ")");
            }
        });
    }

    /** Checks two settings that could be read. */
    private <A, B> void where(Setting<A> first, Setting<B> second, BiConsumer<A, B> check) {
        if (values.containsKey(first) && values.containsKey(second)) {
            Settings read = Settings.of(values);
            check.accept(read.get(first), read.get(second));
        }
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
        Section keys = new Section(tree, NAMESPACES + "." + name + ".", file.folder(), problems);
        var unused = keys.get(QUOTAS); // so that the key is known; the quotas are read later
        try {
            return new NamespaceReader(keys).read(name);
        } catch (IllegalArgumentException e) {
            problems.add(NAMESPACES + "." + name + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private Map<NamespaceName, Settings> quotas(List<NamespaceConfig> namespaces, Settings usual) {
        Map<NamespaceName, Settings> found = new TreeMap<>();
        for (NamespaceConfig namespace : namespaces) {
            String where = NAMESPACES + "." + namespace.name() + "." + QUOTAS + ".";
            JsonNode own =
                    file.root().path(NAMESPACES).path(namespace.name().value()).path(QUOTAS);
            Section.refuseUnknown(
                    own,
                    where,
                    Setting.quotas().stream().<String>map(Setting::quotaKey).toList(),
                    problems);
            Settings quotas = usual;
            for (Setting<?> quota : Setting.quotas()) {
                quotas = withOwn(quotas, quota, own, where);
            }
            found.put(namespace.name(), quotas);
        }
        return found;
    }

    private <T> Settings withOwn(Settings usual, Setting<T> quota, JsonNode own, String where) {
        JsonNode said = own.path(quota.quotaKey());
        if (said.isMissingNode()) {
            return usual;
        }
        try {
            return usual.with(quota, quota.parse(said.asText(), file.folder()));
        } catch (IllegalArgumentException e) {
            problems.add(where + quota.quotaKey() + ": '" + said.asText() + "' (" + e.getMessage() + ")");
            return usual;
        }
    }

    /** Reads a setting. A path in the file is relative to the file; any other to the working directory. */
    private void read(Setting<?> setting) {
        String option = options.get(setting.name());
        JsonNode key = file.root().path(setting.name());
        if (key.isContainerNode()) {
            problems.add(setting.name() + ": expected one value");
            return;
        }
        boolean isInFile = option == null && !key.isMissingNode();
        String text = isInFile ? key.asText() : option != null ? option : setting.initial();
        if (text == null) {
            problems.add(setting.name() + ": missing (" + setting.help() + ")");
            return;
        }
        try {
            Path folder = isInFile ? file.folder() : Path.of("").toAbsolutePath();
            values.put(setting, setting.parse(text, folder));
        } catch (IllegalArgumentException e) {
            problems.add(setting.name() + ": '" + text + "' (" + e.getMessage() + ")");
        }
    }

    private static List<String> union(List<String> names, String more) {
        List<String> all = new ArrayList<>(names);
        all.add(more);
        return all;
    }
}
