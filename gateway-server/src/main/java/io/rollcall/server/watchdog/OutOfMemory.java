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
 * What an {@link OutOfMemoryError} means. Whoever catches an {@code Error} and goes on asks here first.
 *
 * <pre>
 *                               on a call's path        in a shared thread
 *   heap, metaspace (the JVM)   the process ends, 3     the process ends, 3
 *   direct memory (Java code)   this call is refused    the process ends, 3
 * </pre>
 *
 * The JVM ends by itself for the first row where it runs with {@code -XX:+ExitOnOutOfMemoryError}. It does not see
 * errors that Java code throws: {@code java.nio.Bits}, netty's {@code OutOfDirectMemoryError}, or no more native threads.
 *
 * <p>Nothing is allocated on the way to the end. In a process that has not {@linkplain #arm armed} this, nothing ends.
 * Thread-safe.
 */
public final class OutOfMemory {
    /** Of the process. The JVM's own for {@code -XX:+ExitOnOutOfMemoryError} is the same. */
    public static final int EXIT_CODE = 3;

    private static final Logger log = LoggerFactory.getLogger(OutOfMemory.class);
    private static final byte[] LAST_WORDS = ("The gateway is out of memory and ends with exit code " + EXIT_CODE
                    + ". What it has acknowledged is on the disk. Start it again, with more memory (-Xmx) or lower quotas.\n")
            .getBytes(StandardCharsets.US_ASCII);

    /** How the messages begin of what the JDK's Java code throws, and the JVM for threads. */
    private static final String[] OUTSIDE_THE_HEAP = {
        "Cannot reserve ", "Direct buffer memory", "Unable to allocate ", "Map failed", "unable to create native thread"
    };

    private static final int DEEPEST_CAUSE = 8;
    private static volatile @Nullable OutOfMemory armed;

    private final OutputStream err;
    private final IntConsumer halt;
    private volatile boolean isEnding;

    /** @param halt takes the exit code; where it returns, so does who asked */
    OutOfMemory(OutputStream err, IntConsumer halt) {
        this.err = err;
        this.halt = halt;
    }

    /** From now on this process ends; also for what no thread catches. For a program's main method. */
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

    /** For a shared thread: ends the process if this is an {@link OutOfMemoryError} of any kind, or was caused by one. */
    public static void endProcessIf(Throwable thrown) {
        OutOfMemory end = armed;
        if (end != null && find(thrown) != null) {
            end.now();
        }
    }

    /**
     * For what is done for one call: ends the process if the heap is exhausted.
     *
     * @return true if there is no memory outside the heap: then refuse this call, and raise an alarm. False: something
     *     else was thrown
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

    /** Ends the process where it was to end but hangs in its last words. */
    static void endIfLate() {
        OutOfMemory end = armed;
        if (end != null && end.isEnding) {
            end.halt.accept(EXIT_CODE);
        }
    }

    private void now() {
        isEnding = true; // first: the words may find nobody who takes them
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
