package io.rollcall.server.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Texts in ASCII in files, compressed where the name ends with {@code .gz}. */
public final class CompressedText {
    private CompressedText() {}

    public static String read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (isCompressed(file)) {
            try (GZIPInputStream text = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = text.readAllBytes();
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    public static List<String> lines(Path file) throws IOException {
        return read(file).lines().toList();
    }

    public static void write(Path file, List<String> lines) throws IOException {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII);
        if (isCompressed(file)) {
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
                gzip.write(bytes);
            }
            bytes = compressed.toByteArray();
        }
        Files.write(file, bytes);
    }

    private static boolean isCompressed(Path file) {
        return file.toString().endsWith(".gz");
    }
}
