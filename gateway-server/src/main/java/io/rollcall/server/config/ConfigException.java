package io.rollcall.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configuration cannot be used; the message lists all its problems, one a line. */
public final class ConfigException extends RuntimeException {

    public ConfigException(List<String> problems) {
        this(problems, null);
    }

    ConfigException(List<String> problems, @Nullable Throwable cause) {
        super(String.join("\n", problems), cause, false, false);
    }
}
