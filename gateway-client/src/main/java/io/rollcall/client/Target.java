package io.rollcall.client;

import io.rollcall.net.BadAddressException;
import io.rollcall.net.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The address of a gateway: {@code gateway.example:8090}, {@code 10.0.0.1:8090} or {@code [::1]:8090}. */
record Target(HostPort address) {

    private static final int DEFAULT_PORT = 8090;

    static Target parse(String text) {
        try {
            return new Target(HostPort.parse(text, DEFAULT_PORT));
        } catch (BadAddressException e) {
            throw new IllegalArgumentException("target: " + e.getMessage(), e);
        }
    }

    String host() {
        return address.host();
    }

    int port() {
        return address.port();
    }

    /** Returns whether the target is a loopback address. */
    boolean isLoopback() {
        try {
            return InetAddress.getByName(host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("target host: '" + host() + "' is not known here", e);
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
