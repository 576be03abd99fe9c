package io.rollcall.server.namespace;

import java.util.regex.Pattern;

/** A tenant's name: a lower-case DNS label. {@code gateway} is reserved. */
public record NamespaceName(String value) implements Comparable<NamespaceName> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final String RESERVED = "gateway";

    /** @throws IllegalArgumentException if the value is not a valid name; the message says what was expected */
    public NamespaceName {
        if (!LABEL.matcher(value).matches()) {
            throw new IllegalArgumentException("expected 1 to 63 of a-z, 0-9 and '-', neither first nor last a '-'");
        }
        if (value.equals(RESERVED)) {
            throw new IllegalArgumentException("'" + RESERVED + "' is reserved");
        }
    }

    @Override
    public int compareTo(NamespaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
