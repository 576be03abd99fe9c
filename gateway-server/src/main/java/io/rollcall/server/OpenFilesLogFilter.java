package io.rollcall.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.alarm.OpenFilesAlarm;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Replaces stack traces caused by "Too many open files" with one alarm: both listeners, netty's and the web server's,
 * log one for every second in which they cannot accept.
 */
final class OpenFilesLogFilter extends TurboFilter implements AutoCloseable {
    private final Alarms alarms;

    private OpenFilesLogFilter(Alarms alarms) {
        this.alarms = alarms;
    }

    /** Installs the filter for the whole process, until it is closed. */
    static OpenFilesLogFilter install(Alarms alarms) {
        OpenFilesLogFilter filter = new OpenFilesLogFilter(alarms);
        context().addTurboFilter(filter);
        return filter;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        if (!level.isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        Throwable logged = thrown == null ? last(arguments) : thrown;
        return logged != null && OpenFilesAlarm.raiseIfSaid(alarms, logged) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** A throwable may also be the last of several arguments of a message. */
    private static @Nullable Throwable last(Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[arguments.length - 1] instanceof Throwable last
                ? last
                : null;
    }

    @Override
    public void close() {
        context().getTurboFilterList().remove(this);
    }
}
