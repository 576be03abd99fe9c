package io.rollcall.server.store;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.rollcall.server.config.NativeLibrary;
import java.io.IOException;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library. The driver would load it with the first connection, where a failure would look like a
 * damaged database.
 */
public final class SqliteLibrary {
    private static final NativeLibrary LIBRARY = new NativeLibrary(
            "SQLite (sqlite-jdbc)",
            List.of(
                    "org.sqlite.tmpdir",
                    "org.sqlite.lib.path",
                    "org.sqlite.lib.name",
                    "org.sqlite.osinfo.architecture"));

    /** Mentioned in the loader's message for the last location, which is rarely used. */
    private static final String LAST_RESORT = "java.library.path";

    private SqliteLibrary() {}

    /**
     * Loads the library unless already loaded.
     *
     * @throws IOException if it cannot be loaded; the message says why and what to do
     */
    public static synchronized void require() throws IOException {
        Logger loader = (Logger) LoggerFactory.getLogger(SQLiteJDBCLoader.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        loader.addAppender(logged);
        loader.setAdditive(false); // it logs a stack trace for each location
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception | LinkageError e) {
            throw LIBRARY.failure(reason(logged.list, e));
        } finally {
            loader.setAdditive(true);
            loader.detachAppender(logged);
        }
    }

    /** Returns the cause from the loader's log, since its exception does not contain it. */
    private static Throwable reason(List<ILoggingEvent> logged, Throwable thrown) {
        return logged.stream()
                .map(ILoggingEvent::getThrowableProxy)
                .filter(ThrowableProxy.class::isInstance)
                .map(proxy -> ((ThrowableProxy) proxy).getThrowable())
                .filter(reason -> !String.valueOf(reason.getMessage()).contains(LAST_RESORT))
                .findFirst()
                .orElse(thrown);
    }
}
