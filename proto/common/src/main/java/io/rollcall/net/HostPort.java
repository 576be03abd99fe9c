package io.rollcall.net;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port, as one text: {@code gateway.example:8090}, {@code 10.0.0.7:8090}, {@code [fd00::7]:8090}. Brackets
 * separate an IPv6 address from its port (RFC 3986 §3.2.2).
 *
 * @param host converted to the form of {@link Host#canonical}
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final int LARGEST_PORT = 65535;
    private static final Pattern TEXT = Pattern.compile("(?<host>\\[[^]]*]|[^:\\[\\]]*)(:(?<port>[0-9]{1,5}))?");

    /** @throws BadAddressException if host or port is invalid */
    public HostPort {
        host = Host.canonical(host);
        if (port < 1 || port > LARGEST_PORT) {
            throw new BadAddressException(text(host, port), "a port in 1.." + LARGEST_PORT);
        }
    }

    /**
     * Parses a host with or without a port.
     *
     * @param defaultPort the port if the text has none
     * @throws BadAddressException if the text is invalid
     */
    public static HostPort parse(String text, int defaultPort) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            boolean lacksBrackets = text.indexOf('[') < 0 && text.indexOf(':') != text.lastIndexOf(':');
            throw new BadAddressException(text, lacksBrackets ? "an IPv6 address in brackets" : "host:port");
        }
        String port = parts.group("port");
        return new HostPort(parts.group("host"), port == null ? defaultPort : Integer.parseInt(port));
    }

    /** Formats host and port for messages and lists: adds brackets to a host with colons, without validation. */
    public static String text(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** Formats a socket's address without a name lookup; empty if its name was not resolved. */
    public static String text(InetSocketAddress address) {
        return address.getAddress() == null ? "" : text(Host.of(address.getAddress()), address.getPort());
    }

    @Override
    public String toString() {
        return text(host, port);
    }
}
