package io.rollcall.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts hosts to canonical form, without port and brackets.
 *
 * <pre>
 *   node-7.example      as it is: a name is not looked up
 *   10.0.0.7            as it is
 *   [FD00:0:0::7]       fd00::7, the recommended form (RFC 5952 §4)
 *   ::ffff:10.0.0.7     10.0.0.7, the address that it stands for (RFC 4291 §2.5.5.2)
 *   fe80::1%eth0        as it is: a zone is valid only on a link-local address (RFC 4007 §6)
 * </pre>
 */
public final class Host {
    private static final String EXPECTED = "an IP address or a host name";

    /** No characters with a special meaning in a shell, page or log. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

    // After such a first character the JDK never looks up a name.
    private static final Pattern IPV6 =
            Pattern.compile("(?<address>[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44})(%(?<zone>[A-Za-z0-9._-]{1,32}))?");

    private static final int GROUPS = 8;

    private Host() {}

    /**
     * Returns the canonical form of a host name, an IPv4 address, or an IPv6 address with or without brackets.
     *
     * @throws BadAddressException if it is none of these
     */
    public static String canonical(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String host = bracketed ? text.substring(1, text.length() - 1) : text;
        if (host.indexOf(':') >= 0) {
            return ipv6(host, text);
        }
        if (bracketed || !NAME.matcher(host).matches()) {
            throw new BadAddressException(text, EXPECTED);
        }
        return host;
    }

    private static String ipv6(String host, String text) {
        Matcher parts = IPV6.matcher(host);
        if (!parts.matches()) {
            throw new BadAddressException(text, EXPECTED);
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(parts.group("address"));
        } catch (UnknownHostException e) {
            throw new BadAddressException(text, EXPECTED, e);
        }
        String zone = parts.group("zone");
        if (zone == null) {
            return of(address);
        }
        if (!address.isLinkLocalAddress()) {
            throw new BadAddressException(text, "no zone, but on a link-local address, fe80::/10");
        }
        return of(address) + "%" + zone;
    }

    /** Returns the canonical form of a socket's address, with its zone. */
    static String of(InetAddress address) {
        String text = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return text;
        }
        int zone = text.indexOf('%');
        return recommended(address.getAddress()) + (zone < 0 ? "" : text.substring(zone));
    }

    /** Formats by RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zeros as "::". */
    private static String recommended(byte[] address) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((address[2 * i] & 0xFF) << 8) | (address[2 * i + 1] & 0xFF);
        }
        int begin = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                begin = i;
                length = end - i;
            }
        }
        return length < 2
                ? joined(groups, 0, GROUPS)
                : joined(groups, 0, begin) + "::" + joined(groups, begin + length, GROUPS);
    }

    private static String joined(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
