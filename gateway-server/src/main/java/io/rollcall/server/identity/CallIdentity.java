package io.rollcall.server.identity;

import io.rollcall.net.HostPort;
import io.rollcall.server.namespace.NamespaceName;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Who asked for something, from where and by which credentials, as the record of it names them. One is made for each
 * connection, and one more for each token that is accepted on it; calls share it. Immutable.
 *
 * @param caller as certificate and token agree; null: nobody who is a member of a namespace
 * @param id the SPIFFE ID; for others a word such as {@code gateway}; empty: not known
 * @param address of the other end, as {@code host:port} without a name being looked up; empty: there is none
 * @param serial the certificate's serial number, in hex; empty: there is none
 * @param tokenId the {@code jti} of the token, or a hash of one that has none; empty: none was needed, or none accepted yet
 */
public record CallIdentity(@Nullable Caller caller, String id, String address, String serial, String tokenId) {

    private static final int HEX = 16;

    /** What the gateway does by itself. */
    public static final CallIdentity GATEWAY = new CallIdentity(null, "gateway", "", "", "");

    /** Somebody of whom only the address is known. */
    public static CallIdentity unknown(String address) {
        return new CallIdentity(null, "", address, "", "");
    }

    /** The tenant; null: none is known. */
    public @Nullable NamespaceName namespace() {
        return caller == null ? null : caller.namespace();
    }

    CallIdentity withToken(String tokenId) {
        return new CallIdentity(caller, id, address, serial, tokenId);
    }

    /** The same without the token: what is known before one is accepted. */
    public CallIdentity withoutToken() {
        return tokenId.isEmpty() ? this : withToken("");
    }

    /** A certificate's serial number as lines of the record have it: hexadecimal. */
    static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(HEX);
    }

    /** As lines of the record have it; empty where it is none of the internet. */
    public static String address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress remote ? HostPort.text(remote) : "";
    }
}
