package io.rollcall.server.identity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A handshake that did not succeed, as it is counted, logged and, where a certificate was at fault, put on record.
 *
 * @param address of the other end; empty: not known
 * @param detail what was expected, or what TLS says; for who runs the gateway, never sent to the client
 * @param certificate the client's own; null: it showed none, or none that can be read
 */
public record HandshakeFailure(
        Reason reason,
        String address,
        String detail,
        @Nullable ShownCertificate certificate) {

    /** Why. A closed list: each is a label in the metrics and a word in the audit log. */
    public enum Reason {
        /** The client showed none. */
        CERTIFICATE_MISSING(true),
        /** Neither TLS nor the JDK could read it. */
        CERTIFICATE_UNREADABLE(true),
        /** Of a kind that the gateway's TLS cannot check a signature of: Ed25519; P-521 under TLS 1.3. */
        CERTIFICATE_UNSUPPORTED(true),
        /** Not what a member's must be: one SPIFFE ID, key usage, no CA (X509-SVID §4). */
        CERTIFICATE_PROFILE(true),
        /** A CA's stands first, the member's own behind it (RFC 8446 §4.4.2). */
        CERTIFICATE_ORDER(true),
        /** More came along than are looked at. */
        CERTIFICATE_CHAIN_TOO_LONG(true),
        /** It names a trust domain or namespace that is not served here. */
        NAMESPACE_UNKNOWN(true),
        /** No path leads to a CA of its namespace's bundle. */
        CERTIFICATE_UNTRUSTED(true),
        CERTIFICATE_EXPIRED(true),
        CERTIFICATE_NOT_YET_VALID(true),
        /** On a revocation list of its namespace, it or a CA on its path. */
        CERTIFICATE_WITHDRAWN(true),
        /** Against a constraint of a CA on its path: path length, names, key usage (RFC 5280 §6.1). */
        CERTIFICATE_CONSTRAINT(true),
        /** A key too short, or a signature by a broken hash, on its path. */
        CERTIFICATE_WEAK(true),
        /** The client does not trust the gateway's certificate. */
        GATEWAY_UNTRUSTED(false),
        /** The client ended the handshake by another alert. */
        PEER_ALERT(false),
        /** What came is no TLS: plaintext, or a proxy's header. */
        PLAINTEXT(false),
        /** Larger than TLS permits; of a genuine client: more certificates than {@code max-certificate-chain-size}. */
        MESSAGE_TOO_LARGE(false),
        PROTOCOL_VERSION(false),
        NO_SHARED_CIPHER(false),
        /** TLS succeeded, but the client does not speak HTTP/2 (ALPN). */
        NO_HTTP2(false),
        /** The client was silent for the handshake's time. */
        TIMEOUT(false),
        /** The client closed the connection in the middle. */
        CLOSED(false),
        OTHER(false);

        private final boolean isOfCertificate;

        Reason(boolean isOfCertificate) {
            this.isOfCertificate = isOfCertificate;
        }

        /** As metrics have it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the client's certificate, or its absence, was at fault: that is a security decision. */
        public boolean isOfCertificate() {
            return isOfCertificate;
        }
    }
}
