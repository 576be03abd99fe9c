package io.rollcall.client;

/**
 * A certificate, key or token file that cannot be used. The message names the file and what was expected, never its
 * content.
 */
public final class CredentialsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CredentialsException(String message) {
        super(message);
    }

    CredentialsException(String message, Throwable cause) {
        super(message, cause);
    }
}
