package io.rollcall.server.config;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The process's file descriptors: their limit, and whether they are exhausted (EMFILE, ENFILE). */
public final class OpenFiles {
    /** The problem, and what to do. */
    public static final String RAN_OUT = "too many files are open in this process";

    public static final String REMEDY =
            "raise its hard limit of open files (ulimit -Hn, LimitNOFILE), or lower max-connections";

    private static final String MESSAGE = "Too many open files"; // of both, in an untranslated strerror(3)
    private static final Path ALWAYS_THERE = Path.of("/dev/null");

    private OpenFiles() {}

    /** The limit (RLIMIT_NOFILE), which the JVM has raised to the hard limit; the largest long if there is none. */
    public static long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** How many are open; {@link #most()} if none is left for counting them. */
    public static long count() {
        try {
            return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                    ? system.getOpenFileDescriptorCount()
                    : 0;
        } catch (InternalError e) {
            return most(); // counting opens a directory
        }
    }

    /** Whether exhausted file descriptors caused what was thrown. */
    public static boolean ranOut(@Nullable Throwable thrown) {
        // The message may be in another language, or not name the cause.
        return isSaidBy(thrown) || (isFailedAccess(thrown) && noneIsLeft());
    }

    /** Whether the message of what was thrown, or of a cause of it, says so. */
    public static boolean isSaidBy(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(MESSAGE)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFailedAccess(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return !(cause instanceof NoSuchFileException || cause instanceof AccessDeniedException);
            }
        }
        return false;
    }

    /** Whether not even a device can be opened now. */
    public static boolean noneIsLeft() {
        if (!Files.exists(ALWAYS_THERE)) {
            return false;
        }
        try {
            Files.newInputStream(ALWAYS_THERE).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
