package io.rollcall.server.store;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names for registries that no two of them share. */
final class RegistryIds {
    private static final int BYTES = 8;

    private RegistryIds() {}

    /** A number that is not 0; two of a registry's are the same once in 2^64. */
    static long branch(SecureRandom random) {
        long number = random.nextLong();
        return number == 0 ? 1 : number;
    }

    /** 16 hexadecimal digits. */
    static String fresh(SecureRandom random) {
        byte[] id = new byte[BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
