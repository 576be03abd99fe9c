package io.rollcall.server.watchdog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what a main method does, so that whatever is thrown ends the process: with one sentence on standard error and an
 * exit code. Uncaught, it would end the main thread alone, and the process would go on with the others, serve nobody and
 * hold its files.
 *
 * <p>The stack trace is logged at level debug.
 */
public final class Program {
    private static final Logger log = LoggerFactory.getLogger(Program.class);
    private static final int DEEPEST_CAUSE = 8;

    private Program() {}

    /** What a main method does. */
    public interface Body {
        void run() throws Exception;
    }

    /**
     * Runs it, and returns when it does.
     *
     * @param failed how the sentence begins if it throws
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

    /** Ends the process, which was told of in this sentence. */
    public static void end(String sentence, int exitCode) {
        System.err.println(sentence);
        System.exit(exitCode);
    }

    /**
     * What was thrown, for who runs the program: exceptions that a program throws with a message say all themselves; of
     * all others, errors included, their kind, their cause and their place.
     */
    public static String sentence(Throwable thrown) {
        @Nullable Throwable cause = thrown.getCause();
        Throwable told = thrown instanceof UncheckedIOException && cause != null ? cause : thrown;
        String message = told.getMessage();
        if (told instanceof FileSystemException) {
            return told.getClass().getSimpleName() + ": " + message; // which is often the file's name alone
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
