package io.rollcall.server.audit;

import io.rollcall.server.registry.AuditEnd.Lines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines at the end of the log's file that are not forced to the disk yet; a copy of them is in the store.
 *
 * <pre>
 *   audit-000004.jsonl    ──────────────────────┬───────────┬───────────┐
 *                          forced to the disk   │ a batch   │ a batch   │
 *                                               └───────────┴───────────┘
 *                                                 unforced: the store has them in the commits of their changes
 * </pre>
 *
 * Threads: one at a time.
 */
final class UnforcedLines {
    /** A larger batch is forced: to copy so much costs the processor more than the flush that many changes share. */
    static final int LARGEST_BATCH_BYTES = 8 << 10;

    /** A start after a crash has to read so many, at most. */
    static final int MOST_BATCHES = 256;

    private final List<Lines> batches = new ArrayList<>();
    private long bytes;

    void add(Lines batch) {
        batches.add(batch);
        bytes += batch.text().length();
    }

    /** They are on the disk. */
    void clear() {
        batches.clear();
        bytes = 0;
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Whether another batch may be added; if not, it is forced, together with all before. */
    boolean takes(int length) {
        return length <= LARGEST_BATCH_BYTES && batches.size() < MOST_BATCHES;
    }

    List<Lines> batches() {
        return List.copyOf(batches);
    }

    /** The length of the file without them, in bytes. */
    long forcedLength(long length) {
        return length - bytes;
    }

    /** Writes them again, behind what is forced. */
    void rewrite(FileChannel to) throws IOException {
        for (Lines batch : batches) {
            write(to, batch.text());
        }
    }

    static void write(FileChannel to, String lines) throws IOException {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(lines);
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }
}
