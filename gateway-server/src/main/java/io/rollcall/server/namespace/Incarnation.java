package io.rollcall.server.namespace;

/**
 * One registration session of a node, from a register call until it ends by expiry, removal or replacement.
 *
 * @param number chosen by the client, never 0; or by the gateway if the client chose none
 * @param implicit whether the client chose none: then it lasts as long as the node stays registered
 */
public record Incarnation(long number, boolean implicit) {

    public Incarnation {
        if (number == 0) {
            throw new IllegalArgumentException("expected a number other than 0");
        }
    }

    /** Returns whether a request with this {@code number}, or 0 for none, is from this session. */
    public boolean isNamedBy(long number) {
        return number == 0 ? implicit : !implicit && number == this.number;
    }
}
