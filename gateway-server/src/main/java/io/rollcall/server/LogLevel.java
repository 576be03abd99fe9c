package io.rollcall.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Sets the gateway's log level; the libraries keep the levels of logback.xml. */
final class LogLevel {
    private LogLevel() {}

    /** @param level a value of the setting {@code log-level}; any thread */
    static void set(String level) {
        ((Logger) LoggerFactory.getLogger("io.rollcall")).setLevel(Level.toLevel(level));
    }
}
