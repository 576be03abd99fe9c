package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole log and finds the first line that does not fit. What it cannot find by itself is that the latest
 * lines were cut off, or that all lines from one on were written anew with the hashes that follow; a head that was kept
 * elsewhere shows both.
 *
 * <p>Used once, by one thread.
 */
final class ChainVerifier {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuditFiles files;
    private final @Nullable ChainHead expected;
    private ChainHead head = ChainHead.NONE;
    private long lines;
    private long oldestNamed = 1;
    private boolean isHeadSeen;

    /** @param expected a head that was kept elsewhere; null: none is at hand */
    ChainVerifier(Path directory, @Nullable ChainHead expected) {
        this.files = new AuditFiles(directory);
        this.expected = expected;
    }

    /**
     * What does not fit.
     *
     * @param where {@code file:line}
     */
    record Misfit(String where, String what) {}

    /** @return the first that does not fit; empty: all is well */
    Optional<Misfit> verify() throws IOException {
        SortedMap<Long, Path> present = files.list();
        if (present.isEmpty()) {
            return misfit(files.directory().toString(), "no audit-000001.jsonl or later is there");
        }
        long first = present.firstKey();
        long number = first;
        for (Map.Entry<Long, Path> file : present.entrySet()) {
            if (file.getKey() != number) {
                return misfit(files.path(number).toString(), "is missing");
            }
            Optional<Misfit> found = verify(file.getValue(), number, number == first);
            if (found.isPresent()) {
                return found;
            }
            number++;
        }
        if (oldestNamed < first) {
            return misfit(files.path(oldestNamed).toString(), "is missing, though the log says it is kept");
        }
        if (expected != null && !isHeadSeen) {
            return misfit(
                    files.path(expected.seq() > head.seq() ? number - 1 : first) + ":"
                            + (expected.seq() > head.seq() ? "end" : "1"),
                    expected.seq() > head.seq()
                            ? "the log ends with line " + head.seq() + ", but there was a line " + expected.seq()
                            : "line " + expected.seq() + " is no longer kept, so the head cannot be compared");
        }
        return Optional.empty();
    }

    ChainHead head() {
        return head;
    }

    /** How many were read. */
    long lines() {
        return lines;
    }

    private Optional<Misfit> verify(Path file, long number, boolean isFirstFile) throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            long count = 0;
            for (Optional<String> text = line(bytes); text.isPresent(); text = line(bytes)) {
                count++;
                String where = file + ":" + count;
                if (!text.get().endsWith("\n")) {
                    return misfit(where, "the line has no end");
                }
                String content = text.get().substring(0, text.get().length() - 1);
                AuditLine line = AuditLine.read(content).orElse(null);
                if (line == null || !line.isWhole()) {
                    return misfit(where, line == null ? "is no line of the log" : "its hash is not that of its text");
                }
                boolean isOldest = isFirstFile && count == 1 && number > 1; // what came before is no longer kept
                if (!isOldest && !head.isBefore(line)) {
                    return misfit(where, "line " + line.seq() + " does not follow on line " + head.seq());
                }
                if (count == 1 && !isBeginOf(number, content)) {
                    return misfit(where, "does not begin this file");
                }
                head = line.head();
                lines++;
                if (expected != null && expected.seq() == head.seq()) {
                    isHeadSeen = true;
                    if (!expected.equals(head)) {
                        return misfit(where, "line " + head.seq() + " has another hash than the head that was given");
                    }
                }
            }
        }
        return Optional.empty();
    }

    private boolean isBeginOf(long number, String line) throws IOException {
        JsonNode begun = JSON.readTree(line);
        oldestNamed = begun.path("oldest_file").asLong();
        return begun.path("event").asText().equals(AuditEvent.Kind.FILE_BEGUN.word())
                && begun.path("file").asLong() == number;
    }

    /** The next line with its line feed, if it has one; empty at the end. */
    private static Optional<String> line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next >= 0; next = from.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
        }
        return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.ISO_8859_1));
    }

    private static Optional<Misfit> misfit(String where, String what) {
        return Optional.of(new Misfit(where, what));
    }
}
