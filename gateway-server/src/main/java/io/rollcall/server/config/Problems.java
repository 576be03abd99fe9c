package io.rollcall.server.config;

import java.util.ArrayList;
import java.util.List;

/** Collects all problems of a configuration, so that they are reported together. Used by one thread. */
final class Problems {
    private final List<String> found = new ArrayList<>();

    void add(String problem) {
        found.add(problem);
    }

    /** @throws ConfigException if anything was found */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
