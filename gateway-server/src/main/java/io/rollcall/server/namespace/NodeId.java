package io.rollcall.server.namespace;

/** A node's number within its namespace: 1 to 2147483647. */
public record NodeId(int value) implements Comparable<NodeId> {
    /** The valid range, for error messages. */
    public static final String RANGE = "1.." + Integer.MAX_VALUE;

    /** @throws IllegalArgumentException if it is out of range */
    public NodeId {
        if (value < 1) {
            throw new IllegalArgumentException("expected " + RANGE);
        }
    }

    public static NodeId of(int value) {
        return new NodeId(value);
    }

    /**
     * Parses a canonical decimal: no sign, no leading zero.
     *
     * @throws IllegalArgumentException if it is not canonical or out of range
     */
    public static NodeId parse(String decimal) {
        try {
            NodeId id = of(Integer.parseInt(decimal));
            if (id.toString().equals(decimal)) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a decimal number in " + RANGE, e);
        }
        throw new IllegalArgumentException("expected canonical decimal");
    }

    @Override
    public int compareTo(NodeId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
