package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A statement about what is kept of one record, which binds it to the log. The latest one counts.
 *
 * <pre>
 *   … deleted ] after_line │ from_file … to_file │ last_line   not sorted yet …
 * </pre>
 *
 * @param name the namespace, or {@link KeptFiles#GATEWAY}
 * @param fromFile the number of its oldest file; greater than {@code toFile}: nothing is kept
 * @param afterLine the last deleted line; 0: none
 * @param afterLink the link before the first line that is kept
 * @param toFile the number of its newest file
 * @param lastLine the last line in it
 * @param lastLink the link of that line, which covers all lines before it
 */
record RecordState(
        String name, long fromFile, long afterLine, String afterLink, long toFile, long lastLine, String lastLink) {

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("of", name);
        fields.put("from_file", fromFile);
        fields.put("after_line", afterLine);
        fields.put("after_link", afterLink);
        fields.put("to_file", toFile);
        fields.put("last_line", lastLine);
        fields.put("last_link", lastLink);
        return fields;
    }

    static RecordState read(JsonNode fields) {
        return new RecordState(
                fields.path("of").asText(),
                fields.path("from_file").asLong(),
                fields.path("after_line").asLong(),
                fields.path("after_link").asText(),
                fields.path("to_file").asLong(),
                fields.path("last_line").asLong(),
                fields.path("last_link").asText());
    }

    boolean isEmpty() {
        return fromFile > toFile;
    }

    /** Returns the same record with nothing kept. */
    RecordState emptied() {
        return new RecordState(name, toFile + 1, lastLine, lastLink, toFile, lastLine, lastLink);
    }
}
