package io.rollcall.server.config;

import java.util.ArrayList;
import java.util.List;

/** All that is wrong with a configuration, gathered so that it is told in one go. Used by one thread. */
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
