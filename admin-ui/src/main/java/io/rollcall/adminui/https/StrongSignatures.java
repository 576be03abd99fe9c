package io.rollcall.adminui.https;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Excludes signatures with SHA-1 or MD5 from TLS (RFC 9155); Java's defaults still include ECDSA and RSA with SHA-1.
 */
final class StrongSignatures implements AlgorithmConstraints {

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
        String name = algorithm.toLowerCase(Locale.ROOT).replace("-", "");
        return !primitives.contains(CryptoPrimitive.SIGNATURE) || !(name.contains("sha1") || name.contains("md5"));
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return true;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
        return permits(primitives, algorithm, parameters);
    }
}
