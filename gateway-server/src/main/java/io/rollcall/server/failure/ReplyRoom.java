package io.rollcall.server.failure;

/**
 * Checks whether there is memory for a reply before gRPC starts writing it. If gRPC ran out of memory, it would end the
 * call as CANCELLED, and the caller would not know that it may retry.
 */
@FunctionalInterface
public interface ReplyRoom {
    /** For replies that are not sent over a network. */
    ReplyRoom ENOUGH = reply -> {};

    /**
     * Called on the thread that sends. Must not wait.
     *
     * @param reply as gRPC gets it
     * @throws OutOfMemoryError if there is no room for its bytes
     */
    void require(Object reply);
}
