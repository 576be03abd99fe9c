package io.rollcall.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The source of the configuration, so that it can be read again: a file, which may change, and the command line, which
 * does not change and takes precedence.
 *
 * @param file null: none
 * @param options by the setting's name
 */
public record ConfigSource(@Nullable Path file, Map<String, String> options) {
    public ConfigSource {
        options = Map.copyOf(options);
    }

    /** @throws ConfigException if anything is wrong; its message lists everything */
    public GatewayConfig read() {
        return ConfigReader.read(file, options);
    }
}
