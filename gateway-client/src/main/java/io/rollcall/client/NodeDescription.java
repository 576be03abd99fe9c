package io.rollcall.client;

import io.rollcall.net.BadAddressException;
import io.rollcall.net.Host;
import java.util.List;
import java.util.Map;

/**
 * The details that a node registers; its identity is in its certificate.
 *
 * @param host an IP address, IPv6 with or without brackets, or a host name, under which the other nodes reach it
 * @param port 1 to 65535
 * @param memberOfEpoch non-zero: it already belongs to the cluster founded in that epoch, and is never told to found
 * one
 */
public record NodeDescription(
        String host, int port, List<String> capabilities, Map<String, String> metadata, long memberOfEpoch) {

    public NodeDescription {
        try {
            host = Host.canonical(host);
        } catch (BadAddressException e) {
            throw new IllegalArgumentException("host: " + e.getMessage(), e);
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
        if (memberOfEpoch < 0) {
            throw new IllegalArgumentException("memberOfEpoch: " + memberOfEpoch + " (expected: 0 or more)");
        }
        capabilities = List.copyOf(capabilities);
        metadata = Map.copyOf(metadata);
    }

    /** Returns a description without capabilities and metadata, of no cluster yet. */
    public static NodeDescription of(String host, int port) {
        return new NodeDescription(host, port, List.of(), Map.of(), 0);
    }

    /** Returns a copy with these capabilities. */
    public NodeDescription capabilities(String... capabilities) {
        return new NodeDescription(host, port, List.of(capabilities), metadata, memberOfEpoch);
    }

    /** Returns a copy with this metadata. */
    public NodeDescription metadata(Map<String, String> metadata) {
        return new NodeDescription(host, port, capabilities, metadata, memberOfEpoch);
    }

    /**
     * Returns a copy for a member of the cluster founded in {@code epoch}, such as a node that kept its log over a
     * restart.
     */
    public NodeDescription memberOfEpoch(long epoch) {
        return new NodeDescription(host, port, capabilities, metadata, epoch);
    }
}
