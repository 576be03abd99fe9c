package io.rollcall.server.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeMap;
import io.rollcall.server.registry.SessionEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A row's body: JSON, with the names of the values' components, such as
 *
 * <pre>
 *   {"session":{"node":7,"incarnation":{"number":71,"implicit":false}},"details":{"host":"10.0.0.7", …},"status":"ACTIVE", …}
 * </pre>
 *
 * and its checksum. Strict: missing or unknown fields are damage, as other versions have another schema number.
 * Renaming a component requires a migration; {@code StoredFormatTest} detects it.
 */
final class Row<T> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS))
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .addMixIn(NodeId.class, AsNumber.class)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantText()))
            .build();

    static final Row<NamespaceBody> NAMESPACE = new Row<>("namespace", NamespaceBody.class);
    static final Row<Node> NODE = new Row<>("node", Node.class);
    static final Row<SessionEnd[]> ENDED = new Row<>("ended", SessionEnd[].class);
    static final Row<BranchBody> BRANCH = new Row<>("branch", BranchBody.class);
    static final Row<LogEntryBody> LOG_ENTRY = new Row<>("step", LogEntryBody.class);

    private final String table;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private Row(String table, Class<T> type) {
        this.table = table;
        this.writer = MAPPER.writerFor(type);
        this.reader = MAPPER.readerFor(type);
    }

    /**
     * @param nodes the number of node rows, to detect a lost one
     * @param ended the number of ended-session rows
     * @param branches the number of branch rows; null: written before branches existed
     */
    record NamespaceBody(
            long revision,
            int nodes,
            int ended,
            Bootstrap bootstrap,
            LeaderRegister leader,
            @Nullable Integer branches) {
        static NamespaceBody of(NamespaceState state) {
            return new NamespaceBody(
                    state.revision(),
                    state.nodes().size(),
                    state.endedSessions().byNode().size(),
                    state.bootstrap(),
                    state.leader(),
                    state.branches().oldestFirst().size());
        }
    }

    /** A branch; its first revision is the row's key. */
    record BranchBody(long number) {}

    /** A log entry; only the component of its kind of change is present. */
    record LogEntryBody(
            long epoch,
            @Nullable Node node,
            @Nullable NodeId gone,
            @Nullable SessionEnd ended,
            @Nullable LeaderRegister leader,
            @Nullable Bootstrap bootstrap) {

        static LogEntryBody of(LogEntry entry) {
            long epoch = entry.epoch();
            Change change = entry.change();
            if (change instanceof Change.NodeChanged it) {
                return new LogEntryBody(epoch, it.node(), null, it.ended().orElse(null), null, null);
            }
            if (change instanceof Change.NodeGone it) {
                return new LogEntryBody(epoch, null, it.node(), it.ended().orElse(null), null, null);
            }
            if (change instanceof Change.LeaderChanged it) {
                return new LogEntryBody(epoch, null, null, null, it.leader(), null);
            }
            return new LogEntryBody(epoch, null, null, null, null, ((Change.BootstrapChanged) change).bootstrap());
        }

        /** @param current the nodes as they are now; an entry shares the one that it left as it is */
        LogEntry at(long revision, NodeMap current) throws IOException {
            if (node != null) {
                Node now = current.get(node.id());
                Node shared = now != null && now.equals(node) ? now : node;
                return new LogEntry(new Change.NodeChanged(shared, Optional.ofNullable(ended)), epoch);
            }
            if (gone != null) {
                return new LogEntry(new Change.NodeGone(revision, gone, Optional.ofNullable(ended)), epoch);
            }
            if (leader != null) {
                return new LogEntry(new Change.LeaderChanged(revision, leader), epoch);
            }
            if (bootstrap != null) {
                return new LogEntry(new Change.BootstrapChanged(revision, bootstrap), epoch);
            }
            throw new IOException("step " + revision + " changes nothing");
        }
    }

    String table() {
        return table;
    }

    String write(T value) throws IOException {
        return writer.writeValueAsString(value);
    }

    /** Returns the CRC-32C of table, key and body, which detects damage that SQLite's own checks miss. */
    long checksum(String namespace, long key, String body) {
        CRC32C crc = new CRC32C();
        crc.update((table + " " + namespace + " " + key + " ").getBytes(StandardCharsets.UTF_8));
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    /** @throws IOException if the row is corrupt */
    T read(String namespace, long key, String body, long checksum) throws IOException {
        String row = table + " " + key + " of " + namespace;
        if (checksum != checksum(namespace, key, body)) {
            throw new IOException(row + " is not what was written");
        }
        try {
            return reader.readValue(body);
        } catch (JsonProcessingException e) {
            throw new IOException(row + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes a {@link NodeId} as a number. */
    private abstract static class AsNumber {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        AsNumber(int unused) {}

        @JsonValue
        abstract int value();
    }

    /** ISO-8601, to the nanosecond. */
    private static final class InstantText extends FromStringDeserializer<Instant> {
        private static final long serialVersionUID = 1;

        InstantText() {
            super(Instant.class);
        }

        @Override
        protected Instant _deserialize(String text, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return (Instant) context.handleWeirdStringValue(Instant.class, text, "%s", e.getMessage());
            }
        }
    }
}
