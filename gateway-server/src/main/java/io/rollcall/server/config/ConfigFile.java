package io.rollcall.server.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A YAML file as a tree of keys, and the folder its paths are relative to. */
record ConfigFile(ObjectNode root, Path folder) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Returns an empty file, whose paths are relative to the working directory. */
    static ConfigFile none() {
        return new ConfigFile(YAML.createObjectNode(), Path.of("").toAbsolutePath());
    }

    /** @throws ConfigException if it cannot be read or is not YAML */
    static ConfigFile read(Path file) {
        try {
            JsonNode tree = YAML.readTree(new String(SmallFile.bytes(file), StandardCharsets.UTF_8));
            if (tree instanceof ObjectNode root) {
                return new ConfigFile(root, file.toAbsolutePath().normalize().resolveSibling(""));
            }
            throw problem(file, "expected 'key: value' lines");
        } catch (JacksonException e) {
            throw problem(
                    file,
                    "line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": not valid YAML, or a key given twice");
        } catch (IOException e) {
            throw new ConfigException(
                    List.of(file + ": " + FileFailure.sentence("cannot be read", e, "does it exist?")), e);
        }
    }

    private static ConfigException problem(Path file, String what) {
        return new ConfigException(List.of(file + ": " + what));
    }
}
