package io.rollcall.server.store;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Generates unique ids for registries and branches. */
final class RegistryIds {
    private static final int BYTES = 8;

    private RegistryIds() {}

    /** Returns a random number other than 0; collisions have a probability of 2^-64. */
    static long branch(SecureRandom random) {
        long number = random.nextLong();
        return number == 0 ? 1 : number;
    }

    /** Returns 16 random hexadecimal digits. */
    static String fresh(SecureRandom random) {
        byte[] id = new byte[BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
