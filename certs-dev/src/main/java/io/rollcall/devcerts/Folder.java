package io.rollcall.devcerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory during one run. A file is written only if it changes, and atomically: a temporary file, created with
 * its final mode, is renamed over it. Names are relative, with {@code /}. POSIX only; one thread.
 */
final class Folder {
    private final Path root;
    private final List<Path> written = new ArrayList<>();

    Folder(Path root) {
        this.root = root;
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** Returns the files written by this run, in order. */
    List<Path> written() {
        return List.copyOf(written);
    }

    /** Reads a file; null if it does not exist. */
    @Nullable
    String read(String name) {
        Path file = path(name);
        try {
            return Files.readString(file, UTF_8);
        } catch (NoSuchFileException e) {
            return null; // a valid answer
        } catch (IOException e) {
            throw new DevCertsException("Cannot read " + file + " (" + e + ")", e);
        }
    }

    String need(String name) {
        String text = read(name);
        if (text == null) {
            throw new DevCertsException(path(name) + " is missing: run scripts/dev-certs " + root);
        }
        return text;
    }

    /** Writes a file readable by everybody. */
    void publish(String name, String text) {
        write(name, text, "rw-r--r--");
    }

    /** Writes a file readable only by its owner. */
    void hide(String name, String text) {
        write(name, text, "rw-------");
    }

    /** Returns the names of the directories in {@code name}; empty if it does not exist. */
    List<String> directories(String name) {
        Path directory = path(name);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DevCertsException("Cannot list " + directory + " (" + e + ")", e);
        }
    }

    private void write(String name, String text, String mode) {
        if (text.equals(read(name))) {
            return;
        }
        Path file = path(name);
        Path directory = root.resolve(name).resolveSibling("");
        try {
            Files.createDirectories(directory);
            Path temporary = Files.createTempFile(
                    directory,
                    ".new-",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
            try {
                Files.writeString(temporary, text, UTF_8);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            written.add(file);
        } catch (IOException e) {
            throw new DevCertsException("Cannot write " + file + " (" + e + ")", e);
        }
    }
}
