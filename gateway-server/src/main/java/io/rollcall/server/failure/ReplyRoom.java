package io.rollcall.server.failure;

/**
 * Finds out whether there is memory for a reply before gRPC begins to write it: gRPC would end the call by itself when
 * it runs out, as CANCELLED, and the caller would not know that it may come again.
 */
@FunctionalInterface
public interface ReplyRoom {
    /** For where replies go nowhere near a network. */
    ReplyRoom ENOUGH = reply -> {};

    /**
     * Called on the thread that sends. Must not wait.
     *
     * @param reply as gRPC gets it
     * @throws OutOfMemoryError if there is no room for its bytes
     */
    void require(Object reply);
}
