package io.rollcall.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much the gateway logs; what it is built of keeps to logback.xml. */
final class LogLevel {
    private LogLevel() {}

    /** @param level as the setting {@code log-level} has it; any thread */
    static void set(String level) {
        ((Logger) LoggerFactory.getLogger("io.rollcall")).setLevel(Level.toLevel(level));
    }
}
