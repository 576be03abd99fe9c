package io.rollcall.adminui.https;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What is counted as one client: an IPv4 address, or an IPv6 /64, all of which one customer holds. */
public final class ClientNetwork {
    private static final int PREFIX_BYTES = 8;

    private ClientNetwork() {}

    /** @param address a literal, such as a socket has it */
    public static String of(String address) {
        // The interface that a link-local one came by says nothing of who it is.
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
