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
 * Notices that some files changed, by looking at them now and then. What counts is their content: so it does not matter
 * whether they are written in place, renamed over, or are links that now lead elsewhere.
 *
 * <p>A change that one look sees is due at the next, so that who is just writing can finish.
 *
 * <p>Used by one thread at a time.
 */
public final class FileWatch {
    /** A file's time may be too coarse to tell of a second change right after the first. */
    private static final int LOOKS_BEFORE_ATTRIBUTES_ARE_BELIEVED = 5;

    /** @param looks how many found these attributes */
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

    /** Files that have been taken as they are, or are about to be. */
    public static FileWatch taken(List<Path> files) {
        FileWatch watch = new FileWatch(files);
        watch.taken();
        return watch;
    }

    /** Files that nobody has taken yet: they are due. */
    public static FileWatch untaken(List<Path> files) {
        return new FileWatch(files);
    }

    /** Looks. @return whether they differ from what was taken, and have kept still since the last look */
    boolean isDue() {
        List<String> before = contents();
        seen = IntStream.range(0, files.size())
                .mapToObj(i -> look(files.get(i), seen.get(i)))
                .toList();
        boolean moved = !contents().equals(before);
        isMoving = moved && !isMoving; // one that never keeps still is taken as it comes
        return !isMoving && !contents().equals(taken);
    }

    /** Whether the last look saw somebody write. */
    boolean isMoving() {
        return isMoving;
    }

    /** What the files hold, as the last look saw them: the SHA-256 of each, or that it cannot be read, by its name. */
    Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            hashes.put(String.valueOf(files.get(i).getFileName()), seen.get(i).content);
        }
        return hashes;
    }

    /** As the last look saw them, they are taken, or cannot be: they are not due until they change. */
    void taken() {
        taken = contents();
    }

    private List<String> contents() {
        return seen.stream().map(Stamp::content).toList();
    }

    private static Stamp look(Path file, Stamp before) {
        String attributes = attributes(file);
        if (!attributes.equals(before.attributes)) {
            return OpenFiles.noneIsLeft() ? before : read(file); // without any, nothing can be told of it now
        }
        return before.looks < LOOKS_BEFORE_ATTRIBUTES_ARE_BELIEVED
                ? new Stamp(attributes, content(file), before.looks + 1)
                : before;
    }

    /** Attributes first: a change between the two is noticed by the next look. */
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

    /** When anything about it changed, which nobody can set back; empty where the system knows no such time. */
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

    /** A state like any other: whoever takes the file says what is wrong with it. */
    private static String unreadable(IOException e) {
        return "unreadable: " + e.getClass().getSimpleName();
    }
}
