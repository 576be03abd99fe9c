package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The files of the records: the lines of closed files, sorted by namespace and compressed.
 *
 * <pre>
 *   audit/audit-000004.jsonl             the log's current file
 *   audit/kept/alpha/000001.jsonl.gz     alpha's lines of file 1
 *   audit/kept/alpha/000003.jsonl.gz     file 2 had none
 *   audit/kept/gateway/000001.jsonl.gz   lines of no namespace
 *   audit/kept/beta/emptied              all of beta's lines are deleted; says what the next one follows
 * </pre>
 *
 * Earlier versions did not compress them: {@code 000001.jsonl} is read, too.
 *
 * Threads: any; only one at a time may change them.
 */
final class KeptFiles {
    static final String DIRECTORY = "kept";
    /** The record of lines without a namespace; no namespace may have this name. */
    static final String GATEWAY = "gateway";

    private static final Pattern NAME = Pattern.compile("(\\d{6,12})\\.jsonl(?:\\.gz)?");
    private static final Pattern RECORD = Pattern.compile("[a-z0-9-]{1,63}");
    private static final String EMPTIED = "emptied";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Each takes some 400 bytes. */
    private static final int MOST_ENDS = 10_000;

    private final Path directory;

    /** Whoever asks for the end of a file has to read all of it, and asks again every minute. */
    private final Cache<Path, KeptEnd> ends =
            Caffeine.newBuilder().maximumSize(MOST_ENDS).executor(Runnable::run).build();

    /** @param log the log's own directory */
    KeptFiles(Path log) {
        this.directory = log.resolve(DIRECTORY);
    }

    Path directory() {
        return directory;
    }

    Path record(String record) {
        return directory.resolve(record);
    }

    Path path(String record, long number) {
        return record(record).resolve(String.format(Locale.ROOT, "%06d.jsonl", number) + LineReader.COMPRESSED);
    }

    /** The same as earlier versions wrote it. */
    Path uncompressed(String record, long number) {
        return record(record).resolve(String.format(Locale.ROOT, "%06d.jsonl", number));
    }

    /** A file that is there: compressed, or as earlier versions wrote it. */
    Path existing(String record, long number) {
        Path uncompressed = uncompressed(record, number);
        return Files.exists(uncompressed) ? uncompressed : path(record, number);
    }

    /** A file that is being written; it is renamed once it is complete. */
    Path unfinished(String record, long number) {
        Path path = path(record, number);
        return path.resolveSibling(path.getFileName() + ".unfinished");
    }

    /** The files of one record, by number. */
    SortedMap<Long, Path> of(String record) throws IOException {
        return AuditFiles.numbered(record(record), NAME);
    }

    /** The files of all records that have any, by record. */
    SortedMap<String, SortedMap<Long, Path>> list() throws IOException {
        SortedMap<String, SortedMap<Long, Path>> found = new TreeMap<>();
        for (Path entry : AuditFiles.entries(directory)) {
            String name = String.valueOf(entry.getFileName());
            SortedMap<Long, Path> files = RECORD.matcher(name).matches() ? of(name) : new TreeMap<>();
            if (!files.isEmpty()) {
                found.put(name, files);
            }
        }
        return found;
    }

    /** The names of all records, including those whose lines are all deleted. */
    SortedSet<String> names() throws IOException {
        SortedSet<String> names = new TreeSet<>(list().keySet());
        for (Path entry : AuditFiles.entries(directory)) {
            if (Files.exists(entry.resolve(EMPTIED))) {
                names.add(String.valueOf(entry.getFileName()));
            }
        }
        return names;
    }

    /**
     * What is kept of a record in the files before this one, read from these files; empty if there never were any.
     *
     * @throws IOException if its oldest or newest file cannot be read, or is not a record's file
     */
    Optional<RecordState> state(String record, long before) throws IOException {
        SortedMap<Long, Path> files = of(record).headMap(before);
        if (files.isEmpty()) {
            return emptied(record);
        }
        KeptHeader oldest = header(existing(record, files.firstKey()));
        KeptEnd end = end(existing(record, files.lastKey()));
        return Optional.of(new RecordState(
                record,
                files.firstKey(),
                oldest.afterLine(),
                oldest.afterLink(),
                files.lastKey(),
                end.head().seq(),
                end.link()));
    }

    private Optional<RecordState> emptied(String record) throws IOException {
        Path file = record(record).resolve(EMPTIED);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        KeptHeader end = header(file);
        return Optional.of(new RecordState(
                record,
                end.file() + 1,
                end.afterLine(),
                end.afterLink(),
                end.file(),
                end.afterLine(),
                end.afterLink()));
    }

    /** Stores the end of a record whose lines are all about to be deleted. It counts once no file is left. */
    void writeEmptied(RecordState state) throws IOException {
        Path file = record(state.name()).resolve(EMPTIED);
        Path unfinished = file.resolveSibling(EMPTIED + ".unfinished");
        Files.deleteIfExists(unfinished);
        AuditFiles.append(
                unfinished,
                new KeptHeader(state.name(), state.toFile(), state.lastLine(), state.lastLink())
                        .write()
                        .getBytes(StandardCharsets.US_ASCII));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        AuditFiles.force(record(state.name()));
    }

    static KeptHeader header(Path file) throws IOException {
        try (LineReader lines = new LineReader(file)) {
            return lines.next()
                    .flatMap(KeptHeader::read)
                    .orElseThrow(() -> new IOException(file + " does not begin as a file of a record"));
        }
    }

    /**
     * The last line of a file.
     *
     * @param head of the log after it
     * @param written when
     */
    record KeptEnd(ChainHead head, String link, Instant written) {}

    /** @throws IOException if the file cannot be read, or does not end with a line of a record */
    KeptEnd end(Path file) throws IOException {
        KeptEnd known = ends.getIfPresent(file);
        if (known != null) {
            return known;
        }
        String text = lastLine(file);
        KeptLine last =
                KeptLine.read(text).orElseThrow(() -> new IOException(file + " does not end with a line of a record"));
        KeptEnd end = new KeptEnd(last.line().head(), last.link(), time(text));
        ends.put(file, end);
        return end;
    }

    /** When a line was written. */
    static Instant time(String line) throws IOException {
        try {
            return Instant.parse(JSON.readTree(line).path("time").asText());
        } catch (DateTimeParseException e) {
            throw new IOException("a line of the log has no time: " + AuditEvent.cut(line), e);
        }
    }

    private static String lastLine(Path file) throws IOException {
        String last = "";
        try (LineReader lines = new LineReader(file)) {
            for (String line = lines.next().orElse(null);
                    line != null && lines.isFinished();
                    line = lines.next().orElse(null)) {
                last = line;
            }
        }
        return last;
    }

    /** Deletes files of a record, the oldest first, so that the rest has no gap if this is interrupted. */
    void delete(SortedMap<Long, Path> files) throws IOException {
        for (Path file : files.values()) {
            Files.deleteIfExists(file);
            ends.invalidate(file);
        }
    }
}
