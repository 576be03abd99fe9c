package io.rollcall.server.config;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Why a file could not be used, in words for who runs the gateway. */
public final class FileFailure {
    private FileFailure() {}

    /**
     * What happened, why, and what to do. A file is not to blame for a process that has no file descriptor left.
     *
     * @param what such as "cannot be read"
     * @param remedy for any other reason
     */
    public static String sentence(String what, IOException e, String remedy) {
        return OpenFiles.ranOut(e)
                ? what + " (" + OpenFiles.RAN_OUT + "); " + OpenFiles.REMEDY
                : what + " (" + why(e) + "); " + remedy;
    }

    /** What a {@link FileSystemException} says is often the file's name alone. */
    private static String why(IOException e) {
        String reason = e instanceof FileSystemException about ? about.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
