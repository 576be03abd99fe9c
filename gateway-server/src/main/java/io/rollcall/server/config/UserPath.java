package io.rollcall.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Parses paths that people write on a command line or in a file. The JVM encodes file names by the locale it was
 * started in; with {@code LC_ALL=C}, which services often have, it supports only ASCII.
 */
public final class UserPath {
    private static final String UNMAPPABLE = "unmappable characters"; // the JDK's wording

    private UserPath() {}

    /**
     * Parses a path, relative to the working directory unless it is absolute.
     *
     * @throws IllegalArgumentException if this process cannot encode it; the message says what to do, but does not
     *     quote the path
     */
    public static Path of(String text) {
        Path path = parse(text);
        if (!path.isAbsolute() && !isNameable(System.getProperty("user.dir", ""))) {
            throw new IllegalArgumentException(notIn("relative to a directory whose name has characters"));
        }
        return path;
    }

    /** Parses a path relative to {@code folder}. */
    static Path in(Path folder, String text) {
        return folder.resolve(parse(text));
    }

    private static Path parse(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    e.getReason().contains(UNMAPPABLE) ? notIn("characters") : "expected a path: " + e.getReason(), e);
        }
    }

    private static boolean isNameable(String directory) {
        try {
            return Files.isDirectory(Path.of(directory));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String notIn(String what) {
        return what + " that this process cannot name files with, in the encoding "
                + System.getProperty("sun.jnu.encoding") + " of its locale; start it with LC_ALL=C.UTF-8";
    }
}
