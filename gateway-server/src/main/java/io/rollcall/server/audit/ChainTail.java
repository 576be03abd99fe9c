package io.rollcall.server.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a file of the log. Reads only its last {@value #WINDOW} bytes, so that the time of a start does not depend
 * on the size of the log; {@link ChainVerifier} reads everything.
 *
 * @param head the last line that fits; empty: there is none
 * @param length of the file up to the end of its last finished line, in bytes
 * @param unfinished bytes after it: a line that a crash left unfinished
 * @param misfit the first place that does not fit; null: all lines fit
 */
record ChainTail(
        Optional<ChainHead> head,
        long length,
        long unfinished,
        @Nullable String misfit) {
    static final int WINDOW = 256 << 10;

    static ChainTail of(Path file) throws IOException {
        return of(file, Files.size(file));
    }

    /** @param size how much of the file is looked at, in bytes */
    static ChainTail of(Path file, long size) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, size - WINDOW);
            byte[] bytes = new byte[(int) (size - from)];
            access.seek(from);
            access.readFully(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            // If the window begins in the middle of a line, that line is skipped.
            int begin = from == 0 ? 0 : text.indexOf('\n') + 1;
            int end = text.lastIndexOf('\n') + 1;
            if (from > 0 && begin >= end) {
                return new ChainTail(Optional.empty(), size, 0, "byte " + from);
            }
            return of(text.substring(begin, end), from + begin, size);
        }
    }

    private static ChainTail of(String lines, long offset, long size) {
        ChainHead head = null;
        long position = offset;
        for (String text : lines.isEmpty() ? new String[0] : lines.split("\n", -1)) {
            if (position == offset + lines.length()) {
                break; // split() returns an empty string after the last line feed
            }
            AuditLine line = AuditLine.read(text).filter(AuditLine::isWhole).orElse(null);
            if (line == null || (head != null && !head.isBefore(line))) {
                return new ChainTail(Optional.ofNullable(head), size, 0, "byte " + position);
            }
            head = line.head();
            position += text.length() + 1;
        }
        return new ChainTail(Optional.ofNullable(head), position, size - position, null);
    }
}
