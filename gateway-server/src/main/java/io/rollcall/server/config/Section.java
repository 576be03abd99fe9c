package io.rollcall.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the keys of one part of the file. Keys that were not asked for are mistakes. */
final class Section {
    private final JsonNode tree;
    private final String where;
    private final Path folder;
    private final Problems problems;
    private final List<String> asked = new ArrayList<>();

    /**
     * @param where the prefix of its keys in error messages: {@code namespaces.alpha.}
     * @param folder that its files are relative to
     */
    Section(JsonNode tree, String where, Path folder, Problems problems) {
        this.tree = tree;
        this.where = where;
        this.folder = folder;
        this.problems = problems;
    }

    /** Returns the value of a key; a missing node if there is none. */
    JsonNode get(String key) {
        asked.add(key);
        return tree.path(key);
    }

    boolean has(String key) {
        asked.add(key);
        return tree.has(key);
    }

    /** Returns a required value; empty if it is missing, which is reported. */
    Optional<String> required(String key) {
        String value = get(key).asText("");
        if (value.isBlank()) {
            complain(key, "missing");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** Returns a required file. */
    Optional<Path> file(String key) {
        return required(key).flatMap(text -> file(key, text));
    }

    /** Returns an optional file. */
    Optional<Path> optionalFile(String key) {
        Optional<String> said = Optional.of(get(key).asText("")).filter(value -> !value.isBlank());
        if (has(key) && said.isEmpty()) {
            complain(key, "expected a file, or leave the key out");
        }
        return said.flatMap(text -> file(key, text));
    }

    /** Returns the file that a key names. */
    Optional<Path> file(String key, String text) {
        try {
            return Optional.of(UserPath.in(folder, text));
        } catch (IllegalArgumentException e) {
            complain(key, text, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    void complain(String key, String what) {
        problems.add(where + key + ": " + what);
    }

    void complain(String key, String value, String expected) {
        complain(key, "'" + value + "' (" + expected + ")");
    }

    /** Reports all keys that were not asked for. Call it last. */
    void refuseOthers() {
        refuseUnknown(tree, where, asked, problems);
    }

    static void refuseUnknown(JsonNode tree, String where, List<String> known, Problems problems) {
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            if (!known.contains(entry.getKey())) {
                problems.add(where + entry.getKey() + ": unknown key" + NearestName.hint(entry.getKey(), known));
            }
        }
    }
}
