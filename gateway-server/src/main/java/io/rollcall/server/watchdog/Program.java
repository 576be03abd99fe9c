package io.rollcall.server.watchdog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the body of a main method, so that any exception ends the process with one sentence on standard error and an
 * exit code. An uncaught exception would end only the main thread: the process would go on with the others, serve
 * nothing and hold its files.
 *
 * <p>The stack trace is logged at level debug.
 */
public final class Program {
    private static final Logger log = LoggerFactory.getLogger(Program.class);
    private static final int DEEPEST_CAUSE = 8;

    private Program() {}

    /** The body of a main method. */
    public interface Body {
        void run() throws Exception;
    }

    /**
     * Runs the body, and returns when it does.
     *
     * @param failed the beginning of the sentence if it throws
     * @param exitCode of the process if it throws
     */
    public static void run(String failed, int exitCode, Body body) {
        try {
            body.run();
        } catch (Exception | Error e) {
            OutOfMemory.endProcessIf(e);
            log.debug("what ended the program", e);
            end(failed + sentence(e), exitCode);
        }
    }

    /** Writes the sentence and ends the process. */
    public static void end(String sentence, int exitCode) {
        System.err.println(sentence);
        System.exit(exitCode);
    }

    /**
     * Describes an exception for the operator: the message of exceptions thrown by the program itself; of all others,
     * errors included, the type, cause and location.
     */
    public static String sentence(Throwable thrown) {
        @Nullable Throwable cause = thrown.getCause();
        Throwable told = thrown instanceof UncheckedIOException && cause != null ? cause : thrown;
        String message = told.getMessage();
        if (told instanceof FileSystemException) {
            return told.getClass().getSimpleName() + ": " + message; // the message is often only the file's name
        }
        if (message != null && (told instanceof IOException || told.getClass() == IllegalArgumentException.class)) {
            return message;
        }
        if (told instanceof OutOfMemoryError) {
            return oneLine("out of memory (" + message + "); start it with more (-Xmx)");
        }
        Throwable root = root(told);
        return oneLine("unexpected " + told
                + (root == told ? "" : ", caused by " + root)
                + place(root)
                + "; this is a defect of the program or its installation, please report it");
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; depth < DEEPEST_CAUSE; depth++) {
            @Nullable Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        return root;
    }

    private static String place(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\r\\n]+", " | ");
    }
}
