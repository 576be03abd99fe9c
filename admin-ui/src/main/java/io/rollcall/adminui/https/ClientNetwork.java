package io.rollcall.adminui.https;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** The network counted as one client: an IPv4 address, or an IPv6 /64, which usually belongs to one customer. */
public final class ClientNetwork {
    private static final int PREFIX_BYTES = 8;

    private ClientNetwork() {}

    /** @param address a literal, as from a socket */
    public static String of(String address) {
        // The interface of a link-local address does not identify the client.
        int zone = address.indexOf('%');
        try {
            InetAddress parsed = InetAddress.getByName(zone < 0 ? address : address.substring(0, zone));
            return parsed instanceof Inet6Address
                    ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), PREFIX_BYTES))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
