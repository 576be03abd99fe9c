package io.rollcall.devcerts;

/**
 * All that a node or an operator needs to call the gateway.
 *
 * @param credential what it shows in the TLS handshake
 * @param token what it sends as {@code authorization: Bearer}; never printed
 */
public record Member(Credential credential, String token) {
    @Override
    public String toString() {
        return "Member[" + credential + "]";
    }
}
