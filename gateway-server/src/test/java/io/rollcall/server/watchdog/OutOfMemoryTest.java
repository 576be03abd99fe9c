package io.rollcall.server.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which errors end the process, and how it goes about it. */
class OutOfMemoryTest {
    private static final String FROM_NIO =
            "Cannot reserve 4194304 bytes of direct buffer memory (allocated: 1, limit: 2)";

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Integer> exits = new ArrayList<>();

    private static final class FromNetty extends OutOfMemoryError {
        private static final long serialVersionUID = 1;

        FromNetty() {
            super("failed to allocate 4194304 byte(s) of direct memory");
        }
    }

    @BeforeEach
    void arm() {
        OutOfMemory.arm(new OutOfMemory(err, exits::add));
    }

    @AfterEach
    void disarm() {
        OutOfMemory.arm(null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Java heap space",
                "GC overhead limit exceeded",
                "Metaspace",
                "Requested array size exceeds VM limit",
                "in a test"
            })
    void anExhaustedHeap_endsTheProcess_whereverItShows(String message) {
        OutOfMemory.endProcessIf(new OutOfMemoryError(message));
        assertThat(OutOfMemory.endProcessOrRefuse(new OutOfMemoryError(message)))
                .isFalse();

        assertThat(exits).containsExactly(3, 3);
        assertThat(err.toString(StandardCharsets.US_ASCII))
                .startsWith("The gateway is out of memory and ends with exit code 3.");
    }

    @Test
    void aHeapErrorWithoutAMessage_endsTheProcess() {
        OutOfMemory.endProcessIf(new OutOfMemoryError());
        assertThat(exits).containsExactly(3);
    }

    @Test
    void anErrorInsideOthers_isFound() {
        OutOfMemory.endProcessIf(
                new CompletionException(new IllegalStateException(new OutOfMemoryError("Java heap space"))));
        assertThat(exits).containsExactly(3);
    }

    @Test
    void noMemoryOutsideTheHeap_costsTheCallAlone() {
        for (OutOfMemoryError error : List.of(
                new OutOfMemoryError(FROM_NIO),
                new FromNetty(),
                new OutOfMemoryError(
                        "unable to create native thread: possibly out of memory or process/resource limits reached"))) {
            assertThat(OutOfMemory.endProcessOrRefuse(error)).isTrue();
            assertThat(OutOfMemory.endProcessOrRefuse(new CompletionException(error)))
                    .isTrue();
        }
        assertThat(exits).isEmpty();
    }

    @Test
    void noMemoryOutsideTheHeap_endsTheProcess_inASharedThread() {
        OutOfMemory.endProcessIf(new OutOfMemoryError(FROM_NIO));
        OutOfMemory.endProcessIf(new FromNetty());
        assertThat(exits).containsExactly(3, 3);
    }

    @Test
    void otherErrors_endNothing() {
        for (Throwable other : List.of(
                new StackOverflowError(), new LinkageError("x"), new IOException("x"), new AssertionError("x"))) {
            OutOfMemory.endProcessIf(other);
            assertThat(OutOfMemory.endProcessOrRefuse(other)).isFalse();
        }
        assertThat(exits).isEmpty();
    }

    @Test
    void wordsThatCannotBeWritten_doNotKeepTheProcess() {
        OutOfMemory.arm(new OutOfMemory(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("nobody reads");
                    }
                },
                exits::add));
        OutOfMemory.endProcessIf(new OutOfMemoryError("Java heap space"));
        assertThat(exits).contains(3);
    }

    /** A pipe that nobody empties takes no words and does not return either. */
    @Test
    void wordsThatHang_doNotKeepTheProcess() {
        List<Integer> meanwhile = new ArrayList<>();
        OutOfMemory.arm(new OutOfMemory(
                new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes) {
                        OutOfMemory.endIfLate(); // as the watchdog's next tick does
                        meanwhile.addAll(exits);
                    }
                },
                exits::add));
        OutOfMemory.endIfLate();
        assertThat(exits).as("nothing has happened yet").isEmpty();
        OutOfMemory.endProcessIf(new OutOfMemoryError("Java heap space"));
        assertThat(meanwhile).containsExactly(3);
    }

    @Test
    void inAProcessThatHasNotArmedIt_nothingEnds() {
        OutOfMemory.arm(null);
        OutOfMemory.endProcessIf(new OutOfMemoryError("Java heap space"));
        assertThat(OutOfMemory.endProcessOrRefuse(new OutOfMemoryError("Java heap space")))
                .isFalse();
        assertThat(exits).isEmpty();
    }

    @Test
    void theWayToTheEnd_allocatesNothing() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] last = {0};
        try (FileOutputStream nowhere = new FileOutputStream("/dev/null")) {
            OutOfMemory.arm(new OutOfMemory(nowhere, code -> last[0] = code));
            OutOfMemoryError error = new OutOfMemoryError("Java heap space");
            IllegalStateException outer = new IllegalStateException(error);
            long used = 0;
            for (int i = 0; i < 3; i++) { // the first time classes are loaded, here and by the bean
                long before = threads.getCurrentThreadAllocatedBytes();
                OutOfMemory.endProcessIf(outer);
                var unused = OutOfMemory.endProcessOrRefuse(error);
                used = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(used).isZero();
            assertThat(last[0]).isEqualTo(3);
        }
    }
}
