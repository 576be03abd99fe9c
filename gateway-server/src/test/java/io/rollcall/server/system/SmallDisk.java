package io.rollcall.server.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few megabytes in memory, mounted where a test wants it; unmounted when closed. Needs root. */
final class SmallDisk implements AutoCloseable {
    private final Path at;
    private final Path filler;

    SmallDisk(Path at, String size) throws IOException, InterruptedException {
        this.at = Files.createDirectories(at);
        this.filler = at.resolve("filler");
        run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString());
    }

    /** Takes all the room that is left. */
    void fill() throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream file = Files.newOutputStream(filler)) {
            while (true) {
                file.write(page);
            }
        } catch (IOException full) {
            if (Files.size(filler) == 0 || at.toFile().getUsableSpace() > 0) {
                throw full;
            }
        }
    }

    void free() throws IOException {
        Files.delete(filler);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + exit + "; this test needs root");
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", at.toString());
    }
}
