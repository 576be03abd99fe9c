package io.rollcall.devcerts;

/**
 * The credentials of a node or an operator for calls to the gateway.
 *
 * @param credential for the TLS handshake
 * @param token sent as {@code authorization: Bearer}; never printed
 */
public record Member(Credential credential, String token) {
    @Override
    public String toString() {
        return "Member[" + credential + "]";
    }
}
