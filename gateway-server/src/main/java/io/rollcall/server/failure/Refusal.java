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
    /** Signed by nobody whom the certificate's namespace trusts, or about somebody else. */
    TOKEN_FOREIGN(Code.UNAUTHENTICATED),
    /** Not bound to the certificate of this connection (RFC 8705 §3). */
    TOKEN_UNBOUND(Code.UNAUTHENTICATED),
    /** Certificate, token or namespace were good until they were taken back. The connection is closed after this. */
    CREDENTIAL_WITHDRAWN(Code.UNAUTHENTICATED),
    /** The namespace's token keys cannot be had. */
    KEYS_UNAVAILABLE(Code.UNAVAILABLE),
    /** There is no such method. */
    METHOD_UNKNOWN(Code.UNIMPLEMENTED),
    /** A known caller who may not do this. */
    NOT_PERMITTED(Code.PERMISSION_DENIED),
    /** A field is not what was expected; the message names it. */
    BAD_FIELD(Code.INVALID_ARGUMENT),
    /** The request is no message of its method: broken protobuf, or text that is no UTF-8. */
    BAD_MESSAGE(Code.INVALID_ARGUMENT),
    /** The registration session named in the request has ended. */
    SESSION_ENDED(Code.FAILED_PRECONDITION),
    /** A reset without {@code force}, though members live. */
    MEMBERS_LIVE(Code.FAILED_PRECONDITION),
    /** A reset of an epoch that has passed. */
    EPOCH_PASSED(Code.FAILED_PRECONDITION),
    /** The namespace has as many live nodes as it may. */
    TOO_MANY_NODES(Code.RESOURCE_EXHAUSTED),
    /** The namespace has used as many node ids as it may. */
    TOO_MANY_NODE_IDS(Code.RESOURCE_EXHAUSTED),
    /** The metadata of the namespace's nodes would be more than it may be. */
    TOO_MUCH_METADATA(Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open connections as it may. */
    TOO_MANY_CONNECTIONS(Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open calls as it may. */
    TOO_MANY_CALLS(Code.RESOURCE_EXHAUSTED),
    /** The namespace's open calls hold as much memory as they may. */
    TOO_MUCH_CALL_MEMORY(Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their replies unread. */
    TOO_MUCH_UNREAD(Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their requests incomplete. */
    REQUEST_BUFFER_FULL(Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open watches as it may. */
    TOO_MANY_WATCHERS(Code.RESOURCE_EXHAUSTED),
    /** The namespace asks for more a second than it may, or than can be decided. */
    RATE_EXCEEDED(Code.RESOURCE_EXHAUSTED),
    /** The gateway has no memory outside the heap left for this call. */
    OUT_OF_MEMORY(Code.RESOURCE_EXHAUSTED),
    /** The change could not be made durable. */
    STORE_UNAVAILABLE(Code.UNAVAILABLE),
    /** The change could not be put on record. */
    AUDIT_UNAVAILABLE(Code.UNAVAILABLE),
    /** The gateway is on its way down. */
    SHUTTING_DOWN(Code.UNAVAILABLE),
    /** A defect of the gateway; its log has the details under the number given. */
    INTERNAL(Code.INTERNAL);

    /** The canonical codes ({@code google.rpc.Code}) that refusals have; that list also maps each to HTTP. */
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
