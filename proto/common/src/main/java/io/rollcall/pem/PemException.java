package io.rollcall.pem;

/** Thrown when a file has the wrong content. The message continues a sentence that begins with the file's name. */
public final class PemException extends Exception {
    private static final long serialVersionUID = 1;

    PemException(String message) {
        super(message);
    }

    PemException(String message, Exception cause) {
        super(message, cause);
    }
}
