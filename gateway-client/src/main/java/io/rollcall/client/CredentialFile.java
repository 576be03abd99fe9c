package io.rollcall.client;

import io.rollcall.pem.Pem;
import io.rollcall.pem.PemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads the files of a credential; errors name the file and what was expected. */
final class CredentialFile {
    /** Larger files are not credentials. */
    private static final long MAX_BYTES = 1 << 20;

    private CredentialFile() {}

    /** Reads one or more certificates, in the order of the file. */
    static List<X509Certificate> certificates(Path file) {
        try {
            return Pem.certificates(read(file));
        } catch (PemException e) {
            throw new CredentialsException(file + " " + e.getMessage(), e);
        }
    }

    static PrivateKey privateKey(Path file) {
        try {
            return Pem.privateKey(read(file));
        } catch (PemException e) {
            throw new CredentialsException(file + " " + e.getMessage(), e);
        }
    }

    static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new CredentialsException(file + " has " + size + " bytes (expected: at most " + MAX_BYTES + ")");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CredentialsException(
                    "cannot read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }
}
