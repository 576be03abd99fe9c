package io.rollcall.server.registry;

import io.rollcall.net.HostPort;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The details that a node sends when it registers.
 *
 * @param host an IP address, IPv6 without brackets, or a host name
 * @param port 1 to 65535
 */
public record NodeDetails(String host, int port, List<String> capabilities, Map<String, String> metadata) {
    /** Overhead of a string and the reference to it, on a 64-bit JVM. */
    private static final int WORD_BYTES = 56;

    /** Longer texts, in characters, are seldom the same for several nodes. */
    private static final int SHORT = 64;

    /** Larger lists and maps, in elements, are seldom the same for several nodes. */
    private static final int FEW = 16;

    private static final SharedValues<String> TEXTS = new SharedValues<>(4_096);
    private static final SharedValues<List<String>> LISTS = new SharedValues<>(512);
    private static final SharedValues<Map<String, String>> MAPS = new SharedValues<>(512);

    public NodeDetails {
        capabilities = shared(capabilities);
        metadata = shared(metadata);
    }

    private static List<String> shared(List<String> texts) {
        return LISTS.find(texts).orElseGet(() -> {
            List<String> copy = texts.stream().map(NodeDetails::shared).toList();
            boolean isSmall = copy.size() <= FEW && copy.stream().allMatch(NodeDetails::isShort);
            return isSmall ? LISTS.share(copy) : copy;
        });
    }

    private static Map<String, String> shared(Map<String, String> texts) {
        return MAPS.find(texts).orElseGet(() -> {
            Map<String, String> copy = texts.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(
                            entry -> shared(entry.getKey()), entry -> shared(entry.getValue())));
            // By its entries: a map keeps the views that keySet() and values() make, for as long as it lives.
            boolean isSmall = copy.size() <= FEW
                    && copy.entrySet().stream().allMatch(entry -> isShort(entry.getKey()) && isShort(entry.getValue()));
            return isSmall ? MAPS.share(copy) : copy;
        });
    }

    private static String shared(String text) {
        return isShort(text) ? TEXTS.share(text) : text;
    }

    private static boolean isShort(String text) {
        return text.length() <= SHORT;
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
