package io.rollcall.server.config;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A native library (JNI) that a dependency unpacks from its jar into the JVM's directory for temporary files and loads
 * from there. Explains what to do if that fails.
 *
 * @param name the library and its purpose
 * @param switches the library's own system properties that decide where it is unpacked and searched
 */
public record NativeLibrary(String name, List<String> switches) {
    private static final String DIRECTORY = "java.io.tmpdir";
    private static final int DEEPEST_CAUSE = 8;

    public NativeLibrary {
        switches = List.copyOf(switches);
    }

    /** Returns an exception whose message says why, and what to do. */
    public IOException failure(Throwable thrown) {
        return new IOException(
                "the native library of " + name + " cannot be loaded (" + why(reason(thrown))
                        + "). It is unpacked into the JVM's directory for temporary files, "
                        + System.getProperty(DIRECTORY)
                        + " (" + DIRECTORY
                        + "), which must exist, be writable and not be mounted with noexec; name another"
                        + " with -D" + DIRECTORY + "=DIR (in JAVA_OPTS of scripts/run)" + given(),
                thrown);
    }

    /** The switches that were set for this JVM: one of them may be wrong. */
    private String given() {
        List<String> given = switches.stream()
                .filter(name -> System.getProperty(name) != null)
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
        return given.isEmpty()
                ? ""
                : ". Also check what this JVM was given for this library: " + String.join(" ", given);
    }

    /** A loader that tries several names and directories reports the first failure first. */
    private static Throwable reason(Throwable thrown) {
        Throwable reason = thrown;
        for (int depth = 0; depth < DEEPEST_CAUSE; depth++) {
            Throwable next = next(reason);
            if (next == null) {
                break;
            }
            reason = next;
        }
        return reason;
    }

    private static @Nullable Throwable next(Throwable thrown) {
        if (thrown.getCause() != null) {
            return thrown.getCause();
        }
        return thrown.getSuppressed().length == 0 ? null : thrown.getSuppressed()[0];
    }

    private static String why(Throwable reason) {
        String message = reason instanceof FileSystemException ? reason.toString() : reason.getMessage();
        return (message == null ? reason.toString() : message).replaceAll("[\\r\\n]+", " | ");
    }
}
