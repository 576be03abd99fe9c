package io.rollcall.server.registry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a node says about itself when it registers.
 *
 * @param host an IP address or host name
 * @param port 1 to 65535
 */
public record NodeDetails(String host, int port, List<String> capabilities, Map<String, String> metadata) {
    public NodeDetails {
        capabilities = List.copyOf(capabilities);
        metadata = Map.copyOf(metadata);
    }

    /** All that the node chose to say: metadata, capabilities and address, in UTF-8. */
    public int bytes() {
        int words = capabilities.stream().mapToInt(NodeDetails::bytes).sum();
        return bytes(host) + words + metadataBytes();
    }

    /** Keys and values, in UTF-8. */
    int metadataBytes() {
        return metadata.entrySet().stream()
                .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                .sum();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
