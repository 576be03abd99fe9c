package io.rollcall.server.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the log, as it was found at the start, with a head that was kept elsewhere. A line is on the disk before the
 * change that it tells of is committed, so the log may be ahead of what the store keeps, never behind.
 *
 * <p>The line itself is looked for in the files that are not sorted yet; one that is sorted was followed by a whole file
 * of others, and {@link ChainVerifier} looks at those.
 */
final class HeadComparison {
    private final AuditFiles files;
    private final ChainHead found;

    /** @param found where the log ended at the start */
    HeadComparison(AuditFiles files, ChainHead found) {
        this.files = files;
        this.found = found;
    }

    /**
     * What does not fit, in a sentence without a full stop; empty where it fits.
     *
     * @param kept a head as it prints; empty: none is known
     */
    Optional<String> with(String kept) throws IOException {
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        ChainHead expected = ChainHead.parse(kept).orElse(null);
        if (expected == null) {
            return Optional.of("the head that the store has kept cannot be read: " + AuditEvent.cut(kept));
        }
        if (expected.seq() > found.seq()) {
            return Optional.of("it ended with line " + found.seq() + " at the start, but the store knows of a line "
                    + expected.seq());
        }
        return lineOf(expected.seq())
                .filter(line -> !line.hash().equals(expected.hash()))
                .map(line -> "its line " + line.seq() + " is not the one that the store knows of");
    }

    private Optional<AuditLine> lineOf(long seq) throws IOException {
        SortedMap<Long, Path> present = files.list();
        for (Map.Entry<Long, Path> file : present.entrySet()) {
            if (begins(present.get(file.getKey() + 1), seq)) {
                continue; // it is further on
            }
            try (LineReader lines = new LineReader(file.getValue())) {
                for (String text = lines.next().orElse(null);
                        text != null;
                        text = lines.next().orElse(null)) {
                    Optional<AuditLine> line = AuditLine.read(text);
                    if (line.isPresent() && line.get().seq() >= seq) {
                        return line.filter(read -> read.seq() == seq);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a file begins with this line or an earlier one. */
    private static boolean begins(@Nullable Path file, long seq) throws IOException {
        if (file == null) {
            return false;
        }
        try (LineReader lines = new LineReader(file)) {
            return lines.next()
                    .flatMap(AuditLine::read)
                    .filter(first -> first.seq() <= seq)
                    .isPresent();
        }
    }
}
