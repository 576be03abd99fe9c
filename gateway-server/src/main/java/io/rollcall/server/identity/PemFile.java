package io.rollcall.server.identity;

import io.rollcall.pem.Pem;
import io.rollcall.pem.PemException;
import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads PEM files; every error message names the file's purpose, the file, and what was expected. */
public final class PemFile {
    private PemFile() {}

    /** Reads one kind of object. */
    private interface Reader<T> {
        T read(byte[] content) throws PemException;
    }

    /**
     * Returns all certificates of the file, in its order; at least one.
     *
     * @param purpose what the file is, for the message: "trust bundle of alpha"
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate
     */
    public static List<X509Certificate> certificates(String purpose, Path file) {
        return read(purpose, file, Pem::certificates);
    }

    /**
     * Returns all certificate revocation lists of the file, PEM or DER; at least one.
     *
     * @throws IllegalArgumentException if the file cannot be read or holds none
     */
    static List<X509CRL> revocationLists(String purpose, Path file) {
        return read(purpose, file, Pem::revocationLists);
    }

    /**
     * Returns the file's private key, without password: RSA, EC or Ed25519, in PKCS#8, PKCS#1 or SEC1.
     *
     * @throws IllegalArgumentException if there is no such key in it; the message quotes nothing of the file
     */
    public static PrivateKey privateKey(String purpose, Path file) {
        return read(purpose, file, Pem::privateKey);
    }

    private static <T> T read(String purpose, Path file, Reader<T> reader) {
        try {
            return reader.read(SmallFile.bytes(file));
        } catch (PemException e) {
            throw new IllegalArgumentException(purpose + ": " + file + " " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    purpose + ": " + file + " "
                            + FileFailure.sentence(
                                    "cannot be read", e, "check that it is there and readable for the gateway's user"),
                    e);
        }
    }
}
