package io.rollcall.server.registry;

/**
 * A change in its place in the history.
 *
 * @param epoch the bootstrap epoch once it has happened
 */
public record LogEntry(Change change, long epoch) {

    /** Of what is not a node's own words: the objects of a log entry and of a node. */
    private static final int FIXED_BYTES = 256;

    /** About what it costs in memory. */
    public int heldBytes() {
        return change instanceof Change.NodeChanged changed
                ? FIXED_BYTES + changed.node().details().heldBytes()
                : FIXED_BYTES;
    }

    public long revision() {
        return change.revision();
    }
}
