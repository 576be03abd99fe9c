package io.rollcall.server.audit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Checks one record against what the log states about it. Used once, by one thread. */
final class RecordVerifier {
    private final String record;
    private final KeptFiles kept;
    private final SortedMap<Long, Path> files;
    private final SortedMap<Long, Path> unsorted;
    private final Reader reader;
    private long lastLine;
    private String lastLink = KeptLine.NO_LINK;
    private long lines;
    private @Nullable Found found;

    /**
     * @param files of this record, by number
     * @param unsorted the existing files of the log itself
     * @param reader called for each line
     */
    RecordVerifier(
            String record, KeptFiles kept, SortedMap<Long, Path> files, SortedMap<Long, Path> unsorted, Reader reader) {
        this.record = record;
        this.kept = kept;
        this.files = files;
        this.unsorted = unsorted;
        this.reader = reader;
    }

    /** Receives each line. */
    interface Reader {
        /**
         * @param text the line, with its link
         * @param file the number of the log's file that it comes from
         * @return the mismatch; empty: none
         */
        Optional<String> read(AuditLine line, String text, long file) throws IOException;
    }

    /**
     * What is kept.
     *
     * @param firstLine the oldest line that is kept
     * @param since when it was written
     * @param deletedUpTo the last deleted line of this record; 0: none
     */
    record Found(String record, long firstLine, Instant since, long lines, long deletedUpTo) {}

    /** @param stated the latest statement; empty: there is none */
    Optional<Misfit> verify(Optional<RecordState> stated) throws IOException {
        long toFile = stated.map(RecordState::toFile).orElse(0L);
        long fromFile = stated.map(RecordState::fromFile).orElse(1L);
        lastLine = stated.map(RecordState::afterLine).orElse(0L);
        lastLink = stated.map(RecordState::afterLink).orElse(KeptLine.NO_LINK);
        if (fromFile <= toFile && !files.containsKey(fromFile)) {
            return misfit(kept.path(record, fromFile).toString(), "is missing, though the log says it is kept");
        }
        for (Map.Entry<Long, Path> file : files.entrySet()) {
            long number = file.getKey();
            if (number > toFile && !unsorted.containsKey(number)) {
                return misfit(file.getValue().toString(), "is known to no line of the log");
            }
            // Older files are about to be deleted, unless the gateway ended just then; later ones are being written.
            if (number >= fromFile && number <= toFile) {
                Optional<Misfit> misfit = verify(file.getValue(), number);
                if (misfit.isPresent()) {
                    return misfit;
                }
            }
        }
        boolean isWhole = stated.isEmpty()
                || (stated.get().lastLine() == lastLine
                        && stated.get().lastLink().equals(lastLink));
        return isWhole
                ? Optional.empty()
                : misfit(
                        kept.path(record, toFile) + ":end",
                        "the record ends with line " + lastLine + ", but the log knows of its line "
                                + stated.get().lastLine());
    }

    private Optional<Misfit> verify(Path file, long number) throws IOException {
        try (LineReader from = new LineReader(file)) {
            KeptHeader header = from.next().flatMap(KeptHeader::read).orElse(null);
            if (header == null
                    || !header.record().equals(record)
                    || header.file() != number
                    || header.afterLine() != lastLine
                    || !header.afterLink().equals(lastLink)) {
                return misfit(file + ":1", "does not follow on line " + lastLine + " of this record");
            }
            for (String text = from.next().orElse(null);
                    text != null;
                    text = from.next().orElse(null)) {
                Optional<String> what = verifyLine(text, from.isFinished(), number);
                if (what.isPresent()) {
                    return misfit(from.where(), what.get());
                }
            }
        } catch (ZipException | EOFException e) {
            return misfit(file + ":end", "cannot be decompressed as a whole (" + e.getMessage() + ")");
        }
        return Optional.empty();
    }

    private Optional<String> verifyLine(String text, boolean isFinished, long number) throws IOException {
        KeptLine line = KeptLine.read(text).orElse(null);
        if (line == null || !isFinished) {
            return Optional.of("is no line of a record");
        }
        if (!line.line().isWhole()) {
            return Optional.of("its hash is not that of its text");
        }
        if (line.line().seq() <= lastLine || !line.follows(lastLink)) {
            return Optional.of(
                    "line " + line.line().seq() + " does not follow on line " + lastLine + " of this record");
        }
        if (found == null) {
            found = new Found(record, line.line().seq(), KeptFiles.time(text), 0, lastLine);
        }
        lastLine = line.line().seq();
        lastLink = line.link();
        if (!unsorted.containsKey(number)) {
            lines++; // otherwise it is counted with the unsorted file
        }
        return reader.read(line.line(), text, number);
    }

    long lines() {
        return lines;
    }

    /** Empty where nothing is kept. */
    Optional<Found> found() {
        Found begin = found;
        return begin == null
                ? Optional.empty()
                : Optional.of(new Found(record, begin.firstLine(), begin.since(), lines, begin.deletedUpTo()));
    }

    private static Optional<Misfit> misfit(String where, String what) {
        return Optional.of(new Misfit(where, what));
    }
}
