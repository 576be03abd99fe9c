package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Collects what the log's lines state about its own files: which are sorted, with which line each ended, and what is
 * kept of each record. Lines are read in order; the latest statement counts. Used by one thread.
 */
final class Statements {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SORTED = AuditEvent.Kind.FILE_SORTED.word();
    private static final String CUT = AuditEvent.Kind.RECORD_CUT.word();

    private final Map<Long, ChainHead> ends = new HashMap<>();
    private final Map<String, RecordState> records = new TreeMap<>();

    /** @param line a line of the log, as it was written */
    void read(String line) throws IOException {
        if (!line.contains(SORTED) && !line.contains(CUT)) {
            return;
        }
        JsonNode fields = JSON.readTree(line);
        String event = fields.path("event").asText();
        if (event.equals(SORTED)) {
            ends.put(
                    fields.path("file").asLong(),
                    new ChainHead(
                            fields.path("last_line").asLong(),
                            fields.path("last_hash").asText()));
        }
        if (event.equals(SORTED) || event.equals(CUT)) {
            for (JsonNode record : fields.path("records")) {
                RecordState state = RecordState.read(record);
                records.put(state.name(), state);
            }
        }
    }

    /** Adds later statements to these. */
    void addAll(Statements later) {
        ends.putAll(later.ends);
        records.putAll(later.records);
    }

    /** The head at the end of a sorted file. */
    Optional<ChainHead> endOf(long file) {
        return Optional.ofNullable(ends.get(file));
    }

    Optional<RecordState> of(String record) {
        return Optional.ofNullable(records.get(record));
    }

    Map<String, RecordState> records() {
        return records;
    }
}
