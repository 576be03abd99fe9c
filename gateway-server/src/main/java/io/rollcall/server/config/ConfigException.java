package io.rollcall.server.config;

import java.util.List;

/** The configuration cannot be used; the message lists everything that is wrong with it, a line each. */
public final class ConfigException extends RuntimeException {

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
    }
}
