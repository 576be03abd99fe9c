package io.rollcall.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Each node's own order of a registry's addresses, by rendezvous hashing: nodes spread over them without a coordinator,
 * and the nodes of a lost one spread over all others. The Python client has the same order.
 */
final class Preference {
    private Preference() {}

    /** @param who the node's SPIFFE ID */
    static List<Target> order(List<Target> targets, String who) {
        Comparator<Target> byHash = Comparator.comparing(target -> hash(who + " " + target), Arrays::compareUnsigned);
        return targets.stream().sorted(byHash.reversed()).toList();
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
