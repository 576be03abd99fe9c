package io.rollcall.devcerts;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A range of nodes of one namespace, as on the command line: {@code alpha:1-5}.
 *
 * @param namespace of the nodes
 * @param first the lowest node id, from 1
 * @param last the highest node id, {@code first} or above
 */
public record NodeRange(NamespaceName namespace, int first, int last) {
    /** More nodes than this in one namespace are refused: each costs a directory of three files. */
    public static final int MOST_NODES = 10_000;

    private static final Pattern SHAPE = Pattern.compile("([^:]*):([0-9]{1,10})-([0-9]{1,10})");

    /** @throws IllegalArgumentException if a bound is invalid; the message says which */
    public NodeRange {
        if (first < 1) {
            throw new IllegalArgumentException("first node: " + first + " (expected: 1.." + Integer.MAX_VALUE + ")");
        }
        if (last < first) {
            throw new IllegalArgumentException(
                    "last node: " + last + " (expected: not below the first, which is " + first + ")");
        }
        if ((long) last - first >= MOST_NODES) {
            throw tooMany(namespace, (long) last - first + 1);
        }
    }

    /** Creates a range from its parts. */
    public static NodeRange of(String namespace, int first, int last) {
        return new NodeRange(new NamespaceName(namespace), first, last);
    }

    /**
     * Parses {@code NAME:FIRST-LAST}.
     *
     * @throws IllegalArgumentException if the text is invalid; the message says what was expected
     */
    public static NodeRange parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: NAME:FIRST-LAST, such as alpha:1-5)");
        }
        return of(parts.group(1), id(parts.group(2)), id(parts.group(3)));
    }

    IntStream ids() {
        return IntStream.rangeClosed(first, last);
    }

    static IllegalArgumentException tooMany(NamespaceName namespace, long nodes) {
        return new IllegalArgumentException(
                "namespace " + namespace + ": " + nodes + " nodes (expected: at most " + MOST_NODES + ")");
    }

    private static int id(String digits) {
        long id = Long.parseLong(digits);
        if (id < 1 || id > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("node: " + digits + " (expected: 1.." + Integer.MAX_VALUE + ")");
        }
        return (int) id;
    }
}
