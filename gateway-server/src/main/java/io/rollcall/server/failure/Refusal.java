package io.rollcall.server.failure;

/**
 * The closed list of ways the gateway says no. The name is the stable {@code reason} of the
 * {@code google.rpc.ErrorInfo} that every refusal carries; the code is what clients act on. Belongs to no protocol.
 */
public enum Refusal {
    /** The connection has no identity: no accepted client certificate. */
    CERTIFICATE_REQUIRED(Code.UNAUTHENTICATED),
    TOKEN_MISSING(Code.UNAUTHENTICATED),
    TOKEN_MALFORMED(Code.UNAUTHENTICATED),
    TOKEN_EXPIRED(Code.UNAUTHENTICATED),
    /** The token is not signed by a key of the certificate's namespace, or has another subject. */
    TOKEN_FOREIGN(Code.UNAUTHENTICATED),
    /** The token is not bound to the certificate of this connection (RFC 8705 §3). */
    TOKEN_UNBOUND(Code.UNAUTHENTICATED),
    /** Certificate, token or namespace were valid until they were withdrawn. The connection is closed after this. */
    CREDENTIAL_WITHDRAWN(Code.UNAUTHENTICATED),
    /** The namespace's token keys are not available. */
    KEYS_UNAVAILABLE(Code.UNAVAILABLE),
    /** There is no such method. */
    METHOD_UNKNOWN(Code.UNIMPLEMENTED),
    /** The caller is known, but may not do this. */
    NOT_PERMITTED(Code.PERMISSION_DENIED),
    /** A field is not what was expected; the message names it. */
    BAD_FIELD(Code.INVALID_ARGUMENT),
    /** The request cannot be parsed: invalid protobuf, or text that is not UTF-8. */
    BAD_MESSAGE(Code.INVALID_ARGUMENT),
    /** The registration session named in the request has ended. */
    SESSION_ENDED(Code.FAILED_PRECONDITION),
    /** A reset without {@code force} while members are alive. */
    MEMBERS_LIVE(Code.FAILED_PRECONDITION),
    /** A reset of an epoch that is over. */
    EPOCH_PASSED(Code.FAILED_PRECONDITION),
    /** The namespace has reached its limit of live nodes. */
    TOO_MANY_NODES(Code.RESOURCE_EXHAUSTED),
    /** The namespace has reached its limit of node ids ever used. */
    TOO_MANY_NODE_IDS(Code.RESOURCE_EXHAUSTED),
    /** The metadata of the namespace's nodes would exceed its limit. */
    TOO_MUCH_METADATA(Code.RESOURCE_EXHAUSTED),
    /** The namespace has reached its limit of open connections. */
    TOO_MANY_CONNECTIONS(Code.RESOURCE_EXHAUSTED),
    /** The namespace has reached its limit of open calls. */
    TOO_MANY_CALLS(Code.RESOURCE_EXHAUSTED),
    /** The namespace's open calls have reached their limit of memory. */
    TOO_MUCH_CALL_MEMORY(Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their replies unread. */
    TOO_MUCH_UNREAD(Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their requests incomplete. */
    REQUEST_BUFFER_FULL(Code.RESOURCE_EXHAUSTED),
    /** The namespace has reached its limit of open watches. */
    TOO_MANY_WATCHERS(Code.RESOURCE_EXHAUSTED),
    /** The namespace exceeds its rate, or the rate at which changes can be decided. */
    RATE_EXCEEDED(Code.RESOURCE_EXHAUSTED),
    /** The gateway has no memory outside the heap left for this call. */
    OUT_OF_MEMORY(Code.RESOURCE_EXHAUSTED),
    /** The change could not be made durable. */
    STORE_UNAVAILABLE(Code.UNAVAILABLE),
    /** The change could not be written to the audit log. */
    AUDIT_UNAVAILABLE(Code.UNAVAILABLE),
    /** The gateway is shutting down. */
    SHUTTING_DOWN(Code.UNAVAILABLE),
    /** A defect of the gateway; its log has the details under the number given. */
    INTERNAL(Code.INTERNAL);

    /** The canonical codes ({@code google.rpc.Code}) of refusals; that list also maps each to HTTP. */
    public enum Code {
        INVALID_ARGUMENT,
        PERMISSION_DENIED,
        RESOURCE_EXHAUSTED,
        FAILED_PRECONDITION,
        UNIMPLEMENTED,
        INTERNAL,
        UNAVAILABLE,
        UNAUTHENTICATED
    }

    private final Code code;

    Refusal(Code code) {
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** @param message for the caller: says what was expected; no secret, no other tenant, nothing internal */
    public RefusedException because(String message) {
        return new RefusedException(this, message);
    }
}
