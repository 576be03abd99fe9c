package io.rollcall.server.registry.grpc;

import io.rollcall.net.BadAddressException;
import io.rollcall.net.Host;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeQuery;
import io.rollcall.server.registry.NodeStatus;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Validates request fields before any other use. Refuses with {@link Refusal#BAD_FIELD}, naming the field and the
 * expected value; does not quote possibly hostile values.
 */
final class NodeFields {
    static final int MOST_CAPABILITIES = 64;
    static final int MOST_METADATA = 64;
    static final int MOST_METADATA_BYTES = 16 << 10;
    static final int LONGEST_WORD = 128;
    static final int LONGEST_METADATA_VALUE = 1024;
    static final int LONGEST_REASON = 512;
    static final int LARGEST_PAGE = 10_000;
    private static final int LARGEST_PORT = 65535;

    private NodeFields() {}

    static NodeId nodeId(String field, int value) {
        if (value < 1) {
            throw bad(field + ": " + value + " (expected: " + NodeId.RANGE + ")");
        }
        return NodeId.of(value);
    }

    /** @param ipAddress stored in canonical form without brackets, in which others dial and compare it */
    static NodeDetails details(String ipAddress, int port, List<String> capabilities, Map<String, String> metadata) {
        String host = host(ipAddress);
        if (port < 1 || port > LARGEST_PORT) {
            throw bad("port: " + port + " (expected: 1.." + LARGEST_PORT + ")");
        }
        atMost("capabilities", capabilities.size(), MOST_CAPABILITIES, "entries");
        capabilities.forEach(word -> word("capabilities", word, 1, LONGEST_WORD));
        atMost("metadata", metadata.size(), MOST_METADATA, "entries");
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            word("metadata keys", entry.getKey(), 1, LONGEST_WORD);
            word("metadata values", entry.getValue(), 0, LONGEST_METADATA_VALUE);
        }
        NodeDetails details = new NodeDetails(host, port, capabilities, metadata);
        atMost("metadata", details.metadataBytes(), MOST_METADATA_BYTES, "bytes in all");
        return details;
    }

    private static String host(String ipAddress) {
        try {
            return Host.canonical(ipAddress);
        } catch (BadAddressException e) {
            throw bad("ip_address: (expected: " + e.expected() + ")");
        }
    }

    /** Returns the query of a GetNodes request; status words as on the wire. */
    static NodeQuery query(List<String> statusWords, List<String> capabilities, int exceptId) {
        Set<NodeStatus> statuses = EnumSet.noneOf(NodeStatus.class);
        for (String word : statusWords) {
            statuses.add(NodeStatus.ofWord(word)
                    .orElseThrow(() -> bad("statuses: (expected: any of " + NodeStatus.words() + ")")));
        }
        atMost("capabilities", capabilities.size(), MOST_CAPABILITIES, "entries");
        return new NodeQuery(statuses, new HashSet<>(capabilities), (int) atLeast("requesting_node_id", exceptId, 0));
    }

    /** Returns the page size; 0 means all in one page. */
    static int pageSize(int size) {
        if (size < 0 || size > LARGEST_PAGE) {
            throw bad("page_size: " + size + " (expected: 1.." + LARGEST_PAGE + ", or 0 for all)");
        }
        return size == 0 ? Integer.MAX_VALUE : size;
    }

    /** Validates an operator's reason. */
    static String reason(String text) {
        word("reason", text, 1, LONGEST_REASON);
        return text;
    }

    static long atLeast(String field, long value, long least) {
        if (value < least) {
            throw bad(field + ": " + value + " (expected: " + least + " or more)");
        }
        return value;
    }

    private static void atMost(String field, int count, int most, String what) {
        if (count > most) {
            throw bad(field + ": " + count + " " + what + " (expected: at most " + most + ")");
        }
    }

    private static void word(String field, String text, int least, int most) {
        if (text.length() < least || text.length() > most) {
            throw bad(field + ": " + text.length() + " characters (expected: " + least + ".." + most + ")");
        }
        if (text.codePoints().anyMatch(NodeFields::isInvisible)) {
            throw bad(field + ": a character that cannot be seen (expected: no control or formatting characters)");
        }
    }

    /**
     * Returns whether this is a control, formatting (such as bidirectional override), unassigned or lone surrogate
     * character.
     */
    private static boolean isInvisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static RefusedException bad(String message) {
        return Refusal.BAD_FIELD.because(message);
    }
}
