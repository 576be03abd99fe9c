package io.rollcall.devcerts;

/** A file that cannot be read, written or understood. The message is a sentence for the person at the terminal. */
public final class DevCertsException extends RuntimeException {
    DevCertsException(String message) {
        super(message);
    }

    DevCertsException(String message, Throwable cause) {
        super(message, cause);
    }
}
