package io.rollcall.server.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Optional;

/**
 * The first line of a record's file: names the record and the line before. It replaces the earlier lines once they are
 * deleted.
 *
 * @param file the number of the log's file that its lines come from
 * @param afterLine the previous line of this record; 0: none
 * @param afterLink the link of that line
 */
record KeptHeader(String record, long file, long afterLine, String afterLink) {
    private static final ObjectMapper JSON = new ObjectMapper();

    String write() {
        return String.format(
                Locale.ROOT,
                "{\"record\":\"%s\",\"file\":%d,\"after_line\":%d,\"after_link\":\"%s\"}\n",
                record,
                file,
                afterLine,
                afterLink);
    }

    static Optional<KeptHeader> read(String line) {
        try {
            JsonNode fields = JSON.readTree(line);
            return fields.path("record").isTextual()
                    ? Optional.of(new KeptHeader(
                            fields.path("record").asText(),
                            fields.path("file").asLong(),
                            fields.path("after_line").asLong(),
                            fields.path("after_link").asText()))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
