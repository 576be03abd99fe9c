package io.rollcall.server.identity;

import io.rollcall.net.HostPort;
import io.rollcall.server.namespace.NamespaceName;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The caller, its address and its credentials, as the audit log names them. One is made for each connection, and one
 * more for each token that is accepted on it; calls share it. Immutable.
 *
 * @param caller the caller on which certificate and token agree; null: no member of a namespace
 * @param id the SPIFFE ID; for others a word such as {@code gateway}; empty: not known
 * @param address the remote {@code host:port}, without a name look-up; empty: there is none
 * @param serial the certificate's serial number, in hex; empty: there is none
 * @param tokenId the {@code jti} of the token, or a hash of one that has none; empty: none was needed, or none accepted
 *     yet
 */
public record CallIdentity(@Nullable Caller caller, String id, String address, String serial, String tokenId) {

    private static final int HEX = 16;

    /** The gateway itself. */
    public static final CallIdentity GATEWAY = new CallIdentity(null, "gateway", "", "", "");

    /** A caller of which only the address is known. */
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

    /** Returns the same identity without the token, as before one is accepted. */
    public CallIdentity withoutToken() {
        return tokenId.isEmpty() ? this : withToken("");
    }

    /** Returns a certificate's serial number as in audit lines: in hex. */
    static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(HEX);
    }

    /** Returns an address as in audit lines; empty if it is not an internet address. */
    public static String address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress remote ? HostPort.text(remote) : "";
    }
}
