package io.rollcall.server.watchdog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what an {@link OutOfMemoryError} means. Code that catches an {@code Error} and continues must call it first.
 *
 * <pre>
 *                               on a call's path        in a shared thread
 *   heap, metaspace (the JVM)   the process ends, 3     the process ends, 3
 *   direct memory (Java code)   this call is refused    the process ends, 3
 * </pre>
 *
 * With {@code -XX:+ExitOnOutOfMemoryError} the JVM ends by itself for the first row. It does not see errors thrown by
 * Java code: {@code java.nio.Bits}, netty's {@code OutOfDirectMemoryError}, or no more native threads.
 *
 * <p>Ending the process allocates nothing. Without {@link #arm}, the process is never ended. Thread-safe.
 */
public final class OutOfMemory {
    /** The exit code of the process, the same as the JVM's for {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int EXIT_CODE = 3;

    private static final Logger log = LoggerFactory.getLogger(OutOfMemory.class);
    private static final byte[] LAST_WORDS = ("The gateway is out of memory and ends with exit code " + EXIT_CODE
                    + ". What it has acknowledged is on the disk. Start it again, with more memory (-Xmx) or lower quotas.\n")
            .getBytes(StandardCharsets.US_ASCII);

    /** Prefixes of the messages of errors thrown by the JDK's Java code, and by the JVM for threads. */
    private static final String[] OUTSIDE_THE_HEAP = {
        "Cannot reserve ", "Direct buffer memory", "Unable to allocate ", "Map failed", "unable to create native thread"
    };

    private static final int DEEPEST_CAUSE = 8;
    private static volatile @Nullable OutOfMemory armed;

    private final OutputStream err;
    private final IntConsumer halt;
    private volatile boolean isEnding;

    /** @param halt takes the exit code; if it returns, the calling method returns too */
    OutOfMemory(OutputStream err, IntConsumer halt) {
        this.err = err;
        this.halt = halt;
    }

    /** Enables ending this process, also for uncaught errors. For a program's main method. */
    public static void arm() {
        arm(new OutOfMemory(new FileOutputStream(FileDescriptor.err), code -> Runtime.getRuntime()
                .halt(code)));
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            endProcessIf(thrown);
            log.error("thread {} has ended", thread.getName(), thrown);
        });
    }

    static void arm(@Nullable OutOfMemory end) {
        armed = end;
        var unused = find(new OutOfMemoryError("loads and links what is needed later"));
    }

    /**
     * Ends the process if this is an {@link OutOfMemoryError} of any kind, or was caused by one. For shared threads.
     */
    public static void endProcessIf(Throwable thrown) {
        OutOfMemory end = armed;
        if (end != null && find(thrown) != null) {
            end.now();
        }
    }

    /**
     * Ends the process if the heap is exhausted. For the code of a single call.
     *
     * @return true if memory outside the heap is exhausted: refuse this call and raise an alarm. False: another error
     */
    public static boolean endProcessOrRefuse(Throwable thrown) {
        OutOfMemoryError error = find(thrown);
        if (error == null) {
            return false;
        }
        if (isOutsideTheHeap(error)) {
            return true;
        }
        OutOfMemory end = armed;
        if (end != null) {
            end.now();
        }
        return false;
    }

    /** Ends the process if it is ending but hangs while writing its last message. */
    static void endIfLate() {
        OutOfMemory end = armed;
        if (end != null && end.isEnding) {
            end.halt.accept(EXIT_CODE);
        }
    }

    private void now() {
        isEnding = true; // first: writing the message may block
        try {
            err.write(LAST_WORDS);
        } catch (IOException | RuntimeException | Error e) {
            halt.accept(EXIT_CODE);
        }
        halt.accept(EXIT_CODE);
    }

    private static @Nullable OutOfMemoryError find(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            if (cause instanceof OutOfMemoryError error) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static boolean isOutsideTheHeap(OutOfMemoryError error) {
        if (error.getClass() != OutOfMemoryError.class) {
            return true; // such as netty's: the JVM throws no subclasses
        }
        String message = error.getMessage();
        if (message != null) {
            for (String beginning : OUTSIDE_THE_HEAP) {
                if (message.startsWith(beginning)) {
                    return true;
                }
            }
        }
        return false;
    }
}
