package io.rollcall.devcerts;

/** Thrown when a file cannot be read, written or parsed. The message is a sentence for the user. */
public final class DevCertsException extends RuntimeException {
    DevCertsException(String message) {
        super(message);
    }

    DevCertsException(String message, Throwable cause) {
        super(message, cause);
    }
}
