package io.rollcall.net;

/** Thrown when a text is not a host, or not a host and a port. */
public final class BadAddressException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String expected;

    BadAddressException(String text, String expected) {
        super("'" + text + "' (expected: " + expected + ")");
        this.expected = expected;
    }

    BadAddressException(String text, String expected, Exception cause) {
        super("'" + text + "' (expected: " + expected + ")", cause);
        this.expected = expected;
    }

    /** Returns the expected form, for callers that must not quote the input as the message does. */
    public String expected() {
        return expected;
    }
}
