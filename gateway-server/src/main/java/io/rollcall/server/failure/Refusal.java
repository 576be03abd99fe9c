package io.rollcall.server.failure;

import io.grpc.Status;

/**
 * The closed list of ways the gateway says no. The name is the stable {@code reason} of the
 * {@code google.rpc.ErrorInfo} that every refusal carries; the code is what gRPC clients act on.
 */
public enum Refusal {
    /** The connection has no identity: no accepted client certificate. */
    CERTIFICATE_REQUIRED(Status.Code.UNAUTHENTICATED),
    TOKEN_MISSING(Status.Code.UNAUTHENTICATED),
    TOKEN_MALFORMED(Status.Code.UNAUTHENTICATED),
    TOKEN_EXPIRED(Status.Code.UNAUTHENTICATED),
    /** Signed by nobody whom the certificate's namespace trusts, or about somebody else. */
    TOKEN_FOREIGN(Status.Code.UNAUTHENTICATED),
    /** Not bound to the certificate of this connection (RFC 8705 §3). */
    TOKEN_UNBOUND(Status.Code.UNAUTHENTICATED),
    /** Certificate, token or namespace were good until they were taken back. The connection is closed after this. */
    CREDENTIAL_WITHDRAWN(Status.Code.UNAUTHENTICATED),
    /** The namespace's token keys cannot be had. */
    KEYS_UNAVAILABLE(Status.Code.UNAVAILABLE),
    /** There is no such method. */
    METHOD_UNKNOWN(Status.Code.UNIMPLEMENTED),
    /** A known caller who may not do this. */
    NOT_PERMITTED(Status.Code.PERMISSION_DENIED),
    /** A field is not what was expected; the message names it. */
    BAD_FIELD(Status.Code.INVALID_ARGUMENT),
    /** The request is no message of its method: broken protobuf, or text that is no UTF-8. */
    BAD_MESSAGE(Status.Code.INVALID_ARGUMENT),
    /** The registration session named in the request has ended. */
    SESSION_ENDED(Status.Code.FAILED_PRECONDITION),
    /** A reset without {@code force}, though members live. */
    MEMBERS_LIVE(Status.Code.FAILED_PRECONDITION),
    /** A reset of an epoch that has passed. */
    EPOCH_PASSED(Status.Code.FAILED_PRECONDITION),
    /** The namespace has as many live nodes as it may. */
    TOO_MANY_NODES(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace has used as many node ids as it may. */
    TOO_MANY_NODE_IDS(Status.Code.RESOURCE_EXHAUSTED),
    /** The metadata of the namespace's nodes would be more than it may be. */
    TOO_MUCH_METADATA(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open connections as it may. */
    TOO_MANY_CONNECTIONS(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open calls as it may. */
    TOO_MANY_CALLS(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace's open calls hold as much memory as they may. */
    TOO_MUCH_CALL_MEMORY(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their replies unread. */
    TOO_MUCH_UNREAD(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace's callers leave too much of their requests incomplete. */
    REQUEST_BUFFER_FULL(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace has as many open watches as it may. */
    TOO_MANY_WATCHERS(Status.Code.RESOURCE_EXHAUSTED),
    /** The namespace asks for more a second than it may, or than can be decided. */
    RATE_EXCEEDED(Status.Code.RESOURCE_EXHAUSTED),
    /** The gateway has no memory outside the heap left for this call. */
    OUT_OF_MEMORY(Status.Code.RESOURCE_EXHAUSTED),
    /** The change could not be made durable. */
    STORE_UNAVAILABLE(Status.Code.UNAVAILABLE),
    /** The change could not be put on record. */
    AUDIT_UNAVAILABLE(Status.Code.UNAVAILABLE),
    /** The gateway is on its way down. */
    SHUTTING_DOWN(Status.Code.UNAVAILABLE),
    /** A defect of the gateway; its log has the details under the number given. */
    INTERNAL(Status.Code.INTERNAL);

    private final Status.Code code;

    Refusal(Status.Code code) {
        this.code = code;
    }

    public Status.Code code() {
        return code;
    }

    /** @param message for the caller: says what was expected; no secret, no other tenant, nothing internal */
    public RefusedException because(String message) {
        return new RefusedException(this, message);
    }
}
