package io.rollcall.server.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a file of the log ends. Only its last {@value #WINDOW} bytes are looked at: a start should not take the longer,
 * the longer the log is; {@link ChainVerifier} looks at everything.
 *
 * @param head the last line that fits; empty: there is none
 * @param length of the file up to the end of its last finished line, in bytes
 * @param unfinished bytes after it: a line that a crash cut short
 * @param misfit from where on the lines do not fit; null: they fit to the end
 */
record ChainTail(
        Optional<ChainHead> head,
        long length,
        long unfinished,
        @Nullable String misfit) {
    static final int WINDOW = 256 << 10;

    static ChainTail of(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long size = access.length();
            long from = Math.max(0, size - WINDOW);
            byte[] bytes = new byte[(int) (size - from)];
            access.seek(from);
            access.readFully(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            // Where the window begins in the middle of a line, that line is passed over.
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
                break; // what split() finds after the last line feed
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
