package io.rollcall.client;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where a gateway listens: {@code gateway.example:8090}, {@code 10.0.0.1:8090} or {@code [::1]:8090}. */
record Target(String host, int port) {

    private static final int DEFAULT_PORT = 8090;

    Target {
        if (host.isBlank() || host.contains("/") || host.contains(" ")) {
            throw new IllegalArgumentException("target host: '" + host + "' (expected: a host name or an IP address)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("target port: " + port + " (expected: 1..65535)");
        }
    }

    static Target parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.endsWith("]")) {
            return new Target(unbracketed(text), DEFAULT_PORT);
        }
        try {
            return new Target(unbracketed(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("target: '" + text + "' (expected: host:port)", e);
        }
    }

    private static String unbracketed(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (!bracketed && host.contains(":")) {
            throw new IllegalArgumentException("target host: '" + host + "' (expected: an IPv6 address in brackets)");
        }
        return bracketed ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether no other machine can be meant. */
    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("target host: '" + host + "' is not known here", e);
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
