package io.rollcall.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths as people write them, on a command line or in a file. The JVM names files in the encoding of the locale it was
 * started in; in that of {@code LC_ALL=C}, which services often have, it knows no letter beyond ASCII.
 */
public final class UserPath {
    private static final String UNMAPPABLE = "unmappable characters"; // how the JDK says it

    private UserPath() {}

    /**
     * A path, relative to the working directory where it is not absolute.
     *
     * @throws IllegalArgumentException if this process cannot name it; the message says what to do, and not which it is
     */
    public static Path of(String text) {
        Path path = parse(text);
        if (!path.isAbsolute() && !isNameable(System.getProperty("user.dir", ""))) {
            throw new IllegalArgumentException(notIn("relative to a directory whose name has characters"));
        }
        return path;
    }

    /** The same, relative to {@code folder}. */
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
