package io.rollcall.server.registry;

import io.rollcall.net.HostPort;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The details that a node sends when it registers.
 *
 * @param host an IP address, IPv6 without brackets, or a host name
 * @param port 1 to 65535
 */
public record NodeDetails(String host, int port, List<String> capabilities, Map<String, String> metadata) {
    /** Overhead of a string and the reference to it, on a 64-bit JVM. */
    private static final int WORD_BYTES = 56;

    public NodeDetails {
        capabilities = List.copyOf(capabilities);
        metadata = Map.copyOf(metadata);
    }

    /** Returns the address, such as {@code 10.0.0.7:5000} or {@code [fd00::7]:5000}. */
    public String address() {
        return HostPort.text(host, port);
    }

    /** Returns the size of metadata, capabilities and address, in UTF-8. */
    public int bytes() {
        int words = capabilities.stream().mapToInt(NodeDetails::bytes).sum();
        return bytes(host) + words + metadataBytes();
    }

    /** Returns the approximate size in memory: the text and the overhead of each string. */
    int heldBytes() {
        return bytes() + WORD_BYTES * (1 + capabilities.size() + 2 * metadata.size());
    }

    /** Returns the size of keys and values, in UTF-8. */
    public int metadataBytes() {
        return metadata.entrySet().stream()
                .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                .sum();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
