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
 * The directory as one run sees it. A file is written only when it changes, and then whole or not at all: a temporary
 * file beside it, born with its final mode, is moved over it. Names are relative, with {@code /}. POSIX only; one
 * thread.
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

    /** What this run has written, in order. */
    List<Path> written() {
        return List.copyOf(written);
    }

    /** Null when there is no such file. */
    @Nullable
    String read(String name) {
        Path file = path(name);
        try {
            return Files.readString(file, UTF_8);
        } catch (NoSuchFileException e) {
            return null; // the answer, not a failure
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

    /** For everybody to read. */
    void publish(String name, String text) {
        write(name, text, "rw-r--r--");
    }

    /** For the owner alone. */
    void hide(String name, String text) {
        write(name, text, "rw-------");
    }

    /** The names of the directories in {@code name}; none when it is not there. */
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
