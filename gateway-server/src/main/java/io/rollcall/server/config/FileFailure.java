package io.rollcall.server.config;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Explains to an operator why a file could not be used. */
public final class FileFailure {
    private FileFailure() {}

    /**
     * Returns what happened, why, and what to do. Exhausted file descriptors have a remedy of their own.
     *
     * @param what such as "cannot be read"
     * @param remedy for any other reason
     */
    public static String sentence(String what, IOException e, String remedy) {
        return OpenFiles.ranOut(e)
                ? what + " (" + OpenFiles.RAN_OUT + "); " + OpenFiles.REMEDY
                : what + " (" + why(e) + "); " + remedy;
    }

    /** The message of a {@link FileSystemException} is often the file's name alone. */
    private static String why(IOException e) {
        String reason = e instanceof FileSystemException about ? about.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
