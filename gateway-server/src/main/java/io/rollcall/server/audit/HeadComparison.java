package io.rollcall.server.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the log, as found at the start, with a head that was kept elsewhere. A line is written before its change is
 * committed, and what a crash of the machine takes is written again, so the log may be ahead of the store, but never
 * behind.
 *
 * <p>Looks for the line only in files that are not sorted yet; {@link ChainVerifier} checks sorted lines.
 */
final class HeadComparison {
    private final AuditFiles files;
    private final ChainHead found;

    /** @param found the head of the log at the start */
    HeadComparison(AuditFiles files, ChainHead found) {
        this.files = files;
        this.found = found;
    }

    /**
     * Describes the mismatch, in a sentence without a full stop; empty: they match.
     *
     * @param kept a head as printed; empty: none is known
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
                continue; // the line is in a later file
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
