package io.rollcall.server.audit;

import io.rollcall.server.registry.AuditEnd.Lines;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

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

    /**
     * Writes to the log's last file what the store kept of its end, if a crash of the machine took it from there: the
     * file ends before, or has NUL in its place, which no line has. A file that differs otherwise was edited; it stays as
     * it is, and the rest of the start reports it.
     *
     * @param number of the log's last file
     * @param kept oldest first
     * @return how many lines; 0: the file has them, or is another one
     */
    static int restore(AuditFiles files, long number, List<Lines> kept) throws IOException {
        if (kept.isEmpty() || kept.get(0).file() != number) {
            return 0; // forced before the next file was begun
        }
        Path file = files.path(number);
        long from = kept.get(0).position();
        byte[] lines = joined(kept).getBytes(StandardCharsets.US_ASCII);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            if (access.length() < from || !isChain(ChainTail.of(file, from), kept)) {
                return 0;
            }
            byte[] there = read(access, from, lines.length);
            if (Arrays.equals(there, lines) || !isWhatACrashLeaves(there, lines)) {
                return 0;
            }
            access.seek(from);
            access.write(lines);
            if (access.read() == 0) {
                access.setLength(from + lines.length); // what came behind them is lost, too, and was never committed
            }
            access.getFD().sync();
        }
        return (int) joined(kept).lines().count();
    }

    private static String joined(List<Lines> kept) {
        return kept.stream().map(Lines::text).collect(Collectors.joining());
    }

    /** Whether these are whole lines, without a gap in the file or in the chain. */
    private static boolean isChain(ChainTail before, List<Lines> kept) {
        if (before.misfit() != null || before.unfinished() > 0) {
            return false;
        }
        long position = kept.get(0).position();
        ChainHead head = before.head().orElse(ChainHead.NONE);
        for (Lines batch : kept) {
            if (batch.file() != kept.get(0).file()
                    || batch.position() != position
                    || !batch.text().endsWith("\n")) {
                return false;
            }
            position += batch.text().length();
            for (String text : batch.text().lines().toList()) {
                AuditLine line = AuditLine.read(text).orElse(null);
                if (line == null || !line.isWhole() || !head.isBefore(line)) {
                    return false;
                }
                head = line.head();
            }
        }
        return true;
    }

    private static boolean isWhatACrashLeaves(byte[] there, byte[] lines) {
        for (int at = 0; at < there.length; at++) {
            if (there[at] != lines[at] && there[at] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns fewer bytes at the file's end. */
    private static byte[] read(RandomAccessFile access, long from, int most) throws IOException {
        byte[] bytes = new byte[(int) Math.min(most, access.length() - from)];
        access.seek(from);
        access.readFully(bytes);
        return bytes;
    }
}
