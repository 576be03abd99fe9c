package io.rollcall.server.reload;

import io.rollcall.server.config.OpenFiles;
import io.rollcall.server.config.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Detects changed files by polling. Compares their content, so it does not matter whether files are written in place,
 * replaced by a rename, or are links to a new target.
 *
 * <p>A change seen by one check is due at the next, so that a writer can finish.
 *
 * <p>Used by one thread at a time.
 */
public final class FileWatch {
    /** A file's time may be too coarse to show a second change right after the first. */
    private static final int LOOKS_BEFORE_ATTRIBUTES_ARE_BELIEVED = 5;

    /** @param looks how many checks found these attributes */
    private record Stamp(String attributes, String content, int looks) {}

    private final List<Path> files;
    private List<Stamp> seen;
    private List<String> taken;
    private boolean isMoving;

    private FileWatch(List<Path> files) {
        this.files = List.copyOf(files);
        this.seen = files.stream().map(FileWatch::read).toList();
        this.taken = List.of();
    }

    /** Returns a watch of files that are already in use, or are about to be. */
    public static FileWatch taken(List<Path> files) {
        FileWatch watch = new FileWatch(files);
        watch.taken();
        return watch;
    }

    /** Returns a watch of files that are not in use yet: they are due. */
    public static FileWatch untaken(List<Path> files) {
        return new FileWatch(files);
    }

    /**
     * Checks the files. @return whether they differ from the version in use and have not changed since the last check
     */
    boolean isDue() {
        List<String> before = contents();
        seen = IntStream.range(0, files.size())
                .mapToObj(i -> look(files.get(i), seen.get(i)))
                .toList();
        boolean moved = !contents().equals(before);
        isMoving = moved && !isMoving; // a file that changes all the time is taken as it is
        return !isMoving && !contents().equals(taken);
    }

    /** Returns whether the last check saw a write in progress. */
    boolean isMoving() {
        return isMoving;
    }

    /** Returns the content of the files at the last check, by name: the SHA-256 of each, or that it cannot be read. */
    Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            hashes.put(String.valueOf(files.get(i).getFileName()), seen.get(i).content);
        }
        return hashes;
    }

    /** Marks the files as handled, in the version of the last check: they are not due until they change. */
    void taken() {
        taken = contents();
    }

    private List<String> contents() {
        return seen.stream().map(Stamp::content).toList();
    }

    private static Stamp look(Path file, Stamp before) {
        String attributes = attributes(file);
        if (!attributes.equals(before.attributes)) {
            return OpenFiles.noneIsLeft() ? before : read(file); // without free descriptors it cannot be checked
        }
        return before.looks < LOOKS_BEFORE_ATTRIBUTES_ARE_BELIEVED
                ? new Stamp(attributes, content(file), before.looks + 1)
                : before;
    }

    /** Attributes first: a change between the two is noticed by the next check. */
    private static Stamp read(Path file) {
        return new Stamp(attributes(file), content(file), 1);
    }

    private static String attributes(Path file) {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.lastModifiedTime() + "/" + is.size() + "/" + is.fileKey() + "/" + changed(file);
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    /** Returns the file's ctime, which cannot be set back; empty if the system has none. */
    private static String changed(Path file) throws IOException {
        try {
            return String.valueOf(Files.getAttribute(file, "unix:ctime"));
        } catch (UnsupportedOperationException e) {
            return "";
        }
    }

    private static String content(Path file) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(SmallFile.bytes(file));
            return HexFormat.of().formatHex(hash);
        } catch (IOException e) {
            return unreadable(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** An unreadable file is a state like any other; the reader of the file reports the error. */
    private static String unreadable(IOException e) {
        return "unreadable: " + e.getClass().getSimpleName();
    }
}
