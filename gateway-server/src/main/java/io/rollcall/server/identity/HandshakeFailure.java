package io.rollcall.server.identity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A failed handshake, for metrics and the log, and for the audit log if a certificate was at fault.
 *
 * @param address the remote address; empty: not known
 * @param detail what was expected, or the message of TLS; for operators, never sent to the client
 * @param certificate the client's own; null: it sent none, or none that can be read
 */
public record HandshakeFailure(
        Reason reason,
        String address,
        String detail,
        @Nullable ShownCertificate certificate) {

    /** The reasons, a closed list: each is a label in the metrics and a word in the audit log. */
    public enum Reason {
        /** The client sent none. */
        CERTIFICATE_MISSING(true),
        /** Neither TLS nor the JDK could read it. */
        CERTIFICATE_UNREADABLE(true),
        /** The gateway's TLS cannot verify signatures of its kind of key: Ed25519; P-521 under TLS 1.3. */
        CERTIFICATE_UNSUPPORTED(true),
        /** It does not have a member's profile: one SPIFFE ID, key usage, no CA (X509-SVID §4). */
        CERTIFICATE_PROFILE(true),
        /** A CA's certificate comes first, before the member's own (RFC 8446 §4.4.2). */
        CERTIFICATE_ORDER(true),
        /** The client sent more certificates than are accepted. */
        CERTIFICATE_CHAIN_TOO_LONG(true),
        /** It names a trust domain or namespace that is not served here. */
        NAMESPACE_UNKNOWN(true),
        /** No path leads to a CA of its namespace's bundle. */
        CERTIFICATE_UNTRUSTED(true),
        CERTIFICATE_EXPIRED(true),
        CERTIFICATE_NOT_YET_VALID(true),
        /** It, or a CA on its path, is on a revocation list of its namespace. */
        CERTIFICATE_WITHDRAWN(true),
        /** It violates a constraint of a CA on its path: path length, names, key usage (RFC 5280 §6.1). */
        CERTIFICATE_CONSTRAINT(true),
        /** Its path has a key that is too short, or a signature with a weak hash. */
        CERTIFICATE_WEAK(true),
        /** The client does not trust the gateway's certificate. */
        GATEWAY_UNTRUSTED(false),
        /** The client ended the handshake with another alert. */
        PEER_ALERT(false),
        /** The client did not speak TLS, but plaintext or a proxy's header. */
        PLAINTEXT(false),
        /**
         * A message was too large; for a genuine client, its certificates exceed {@code max-certificate-chain-size}.
         */
        MESSAGE_TOO_LARGE(false),
        PROTOCOL_VERSION(false),
        NO_SHARED_CIPHER(false),
        /** TLS succeeded, but the client does not speak HTTP/2 (ALPN). */
        NO_HTTP2(false),
        /** The client did not finish the handshake in time. */
        TIMEOUT(false),
        /** The client closed the connection during the handshake. */
        CLOSED(false),
        OTHER(false);

        private final boolean isOfCertificate;

        Reason(boolean isOfCertificate) {
            this.isOfCertificate = isOfCertificate;
        }

        /** The label in the metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the client's certificate, or its absence, was at fault, which makes it a security decision. */
        public boolean isOfCertificate() {
            return isOfCertificate;
        }
    }
}
