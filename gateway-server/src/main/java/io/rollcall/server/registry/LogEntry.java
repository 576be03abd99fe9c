package io.rollcall.server.registry;

/**
 * A change with its bootstrap epoch, as kept in the history.
 *
 * @param epoch the bootstrap epoch after the change
 */
public record LogEntry(Change change, long epoch) {

    /** The objects of a log entry and of a node, without the strings that the node chose. */
    private static final int FIXED_BYTES = 256;

    /** Returns the approximate size in memory. */
    public int heldBytes() {
        return change instanceof Change.NodeChanged changed
                ? FIXED_BYTES + changed.node().details().heldBytes()
                : FIXED_BYTES;
    }

    public long revision() {
        return change.revision();
    }
}
