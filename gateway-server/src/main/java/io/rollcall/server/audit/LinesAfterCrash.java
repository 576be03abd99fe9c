package io.rollcall.server.audit;

import io.rollcall.server.registry.AuditEnd.Lines;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Brings back the {@link UnforcedLines} that a crash of the machine took from the log's last file. The store has a copy
 * of them; the file ends before them, or has NUL in their place, which no line has. A file that differs otherwise was
 * edited; it stays as it is, and the rest of the start reports it.
 */
final class LinesAfterCrash {
    private LinesAfterCrash() {}

    /**
     * Writes them to the file, if a crash took them.
     *
     * @param number of the log's last file
     * @param kept in the store, oldest first
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
