package io.rollcall.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A certificate authority of one test, made by the openssl command. */
final class TestCa {

    private final Path directory;
    private final String name;

    TestCa(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem");
    }

    Path certificate() {
        return directory.resolve(name + ".pem");
    }

    /** Writes {@code <prefix>cert.pem} and {@code <prefix>key.pem}. */
    void issue(String prefix, String alternativeName) {
        try {
            Files.writeString(
                    directory.resolve("extensions"),
                    "subjectAltName=" + alternativeName
                            + "\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=leaf",
                "-keyout",
                prefix + "key.pem",
                "-out",
                "request");
        openssl(
                "x509",
                "-req",
                "-in",
                "request",
                "-CA",
                name + ".pem",
                "-CAkey",
                name + ".key",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                "extensions",
                "-out",
                prefix + "cert.pem");
    }

    private void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException("these tests need the openssl command", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
