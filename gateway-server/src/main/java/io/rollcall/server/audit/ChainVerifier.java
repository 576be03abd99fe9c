package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole log and finds the first line that does not fit: in the files that are not sorted yet, then in the
 * gateway's own record, whose lines state what is kept of the others, then in the other records. Lines may be missing
 * only at the start of a record, and only if the log states their deletion.
 *
 * <p>By itself it cannot detect that the latest lines were removed, or that all lines from one on were rewritten with
 * matching hashes. A head that was kept elsewhere detects both.
 *
 * <p>Used once, by one thread.
 */
final class ChainVerifier {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuditFiles files;
    private final KeptFiles kept;
    private final @Nullable ChainHead expected;
    private final Map<Long, AuditLine> begins = new HashMap<>();
    private final List<RecordVerifier.Found> records = new ArrayList<>();
    private ChainHead head = ChainHead.NONE;
    private long lines;
    private long oldestNamed = 1;
    private boolean isHeadSeen;

    /** @param expected a head that was kept elsewhere; null: none */
    ChainVerifier(Path directory, @Nullable ChainHead expected) {
        this.files = new AuditFiles(directory);
        this.kept = new KeptFiles(directory);
        this.expected = expected;
    }

    /** @return the first place that does not fit; empty: everything fits */
    Optional<Misfit> verify() throws IOException {
        SortedMap<Long, Path> present = files.list();
        SortedMap<String, SortedMap<Long, Path>> sorted = kept.list();
        if (present.isEmpty()) {
            return misfit(files.directory().toString(), "no audit-000001.jsonl or later is there");
        }
        Statements latest = new Statements();
        for (Map.Entry<Long, Path> file : present.entrySet()) {
            boolean isFirst = !present.containsKey(file.getKey() - 1);
            Optional<Misfit> found = verify(file.getValue(), file.getKey(), isFirst, latest);
            if (found.isPresent()) {
                return found;
            }
        }
        return verify(present, sorted, latest);
    }

    private Optional<Misfit> verify(
            SortedMap<Long, Path> present, SortedMap<String, SortedMap<Long, Path>> sorted, Statements latest)
            throws IOException {
        Statements all = new Statements();
        Optional<Misfit> found = verify(KeptFiles.GATEWAY, present, sorted, latest, all);
        all.addAll(latest);
        if (found.isEmpty()) {
            found = missingFile(present, all);
        }
        TreeSet<String> others = new TreeSet<>(sorted.keySet());
        others.addAll(all.records().keySet());
        others.remove(KeptFiles.GATEWAY);
        for (String record : others) {
            if (found.isEmpty()) {
                found = verify(record, present, sorted, all, new Statements());
            }
        }
        return found.isPresent() ? found : headMissing(present);
    }

    /** Checks that each missing file was sorted, and that the file after it continues from its end. */
    private Optional<Misfit> missingFile(SortedMap<Long, Path> present, Statements all) {
        for (Map.Entry<Long, AuditLine> begin : new TreeMap<>(begins).entrySet()) {
            long before = begin.getKey() - 1;
            Optional<ChainHead> end = all.endOf(before);
            if (end.isPresent() && !end.get().isBefore(begin.getValue())) {
                return misfit(
                        files.path(begin.getKey()) + ":1",
                        "line " + begin.getValue().seq() + " does not follow on line "
                                + end.get().seq());
            }
            boolean isKnown = present.containsKey(before) || end.isPresent();
            if (!isKnown && present.containsKey(begin.getKey()) && begin.getKey() > present.firstKey()) {
                return misfit(files.path(before).toString(), "is missing");
            }
        }
        long first = present.firstKey();
        if (oldestNamed < first && all.endOf(first - 1).isEmpty()) {
            return misfit(files.path(oldestNamed).toString(), "is missing, though the log says it is kept");
        }
        return Optional.empty();
    }

    private Optional<Misfit> headMissing(SortedMap<Long, Path> present) {
        if (expected == null || isHeadSeen) {
            return Optional.empty();
        }
        return expected.seq() > head.seq()
                ? misfit(
                        files.path(present.lastKey()) + ":end",
                        "the log ends with line " + head.seq() + ", but there was a line " + expected.seq())
                : misfit(
                        files.directory().toString(),
                        "line " + expected.seq() + " is no longer kept, so the head cannot be compared");
    }

    private Optional<Misfit> verify(
            String record,
            SortedMap<Long, Path> present,
            SortedMap<String, SortedMap<Long, Path>> sorted,
            Statements statements,
            Statements stated)
            throws IOException {
        RecordVerifier verifier = new RecordVerifier(
                record, kept, sorted.getOrDefault(record, new TreeMap<>()), present, (line, text, file) -> {
                    stated.read(text);
                    if (isBegin(text)) {
                        begins.put(file, line);
                    }
                    return compare(line.head());
                });
        Optional<Misfit> found = verifier.verify(statements.of(record));
        verifier.found().ifPresent(records::add);
        lines += verifier.lines();
        return found;
    }

    ChainHead head() {
        return head;
    }

    /** How many lines were read. */
    long lines() {
        return lines;
    }

    /** What is kept of each record. */
    List<RecordVerifier.Found> records() {
        return records;
    }

    private Optional<Misfit> verify(Path file, long number, boolean isFirst, Statements statements) throws IOException {
        try (LineReader from = new LineReader(file)) {
            boolean isBegin = true;
            for (String text = from.next().orElse(null);
                    text != null;
                    text = from.next().orElse(null)) {
                if (!from.isFinished()) {
                    return misfit(from.where(), "the line has no end");
                }
                AuditLine line = AuditLine.read(text).orElse(null);
                if (line == null || !line.isWhole()) {
                    return misfit(
                            from.where(), line == null ? "is no line of the log" : "its hash is not that of its text");
                }
                boolean isOldest = isFirst && isBegin && number > 1; // earlier lines are sorted, or no longer kept
                if (!isOldest && !head.isBefore(line)) {
                    return misfit(from.where(), "line " + line.seq() + " does not follow on line " + head.seq());
                }
                if (isBegin && !isBeginOf(number, text)) {
                    return misfit(from.where(), "does not begin this file");
                }
                if (isBegin) {
                    begins.put(number, line);
                }
                isBegin = false;
                head = line.head();
                lines++;
                statements.read(text);
                Optional<String> other = compare(head);
                if (other.isPresent()) {
                    return misfit(from.where(), other.get());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> compare(ChainHead line) {
        if (expected == null || expected.seq() != line.seq()) {
            return Optional.empty();
        }
        isHeadSeen = true;
        return expected.equals(line)
                ? Optional.empty()
                : Optional.of("line " + line.seq() + " has another hash than the head that was given");
    }

    private boolean isBeginOf(long number, String line) throws IOException {
        JsonNode begun = JSON.readTree(line);
        oldestNamed = begun.path("oldest_file").asLong();
        return isBegin(line) && begun.path("file").asLong() == number;
    }

    private static boolean isBegin(String line) throws IOException {
        String word = AuditEvent.Kind.FILE_BEGUN.word();
        return line.contains(word) && JSON.readTree(line).path("event").asText().equals(word);
    }

    private static Optional<Misfit> misfit(String where, String what) {
        return Optional.of(new Misfit(where, what));
    }
}
