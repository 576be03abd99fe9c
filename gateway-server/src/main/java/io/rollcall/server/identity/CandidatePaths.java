package io.rollcall.server.identity;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Finds the possible paths from a client's certificate to a CA of a bundle by names alone, without checking signatures.
 * Clients send certificates in any order, with roots, duplicates, unrelated ones and cross-signed CAs; certificates on
 * no path are ignored (RFC 8446 §4.4.2).
 *
 * <pre>
 *   sent: leaf, root, middle (by root), middle (by old root)       bundle: root
 *   leaf ◄── middle (by root) ◄── root                             the path to try
 *   leaf ◄── middle (by old root) ◄── ?                            leads nowhere
 * </pre>
 *
 * Bounded, since anybody can choose what is sent: each path that is found costs up to {@value #LONGEST} signature
 * checks.
 */
final class CandidatePaths {
    /**
     * The most certificates that are accepted, the client's own included. Less than the ten to which netty truncates
     * what was sent, so that clients which send more are refused in the handshake, not after it.
     */
    static final int MOST_SENT = 9;

    /** The most certificates of a path, including the client's own but not the bundle's CA. */
    static final int LONGEST = 5;

    /** The most paths, of which each CA of the same name may need one. */
    private static final int MOST_FOUND = 8;

    private static final int MOST_STEPS = 200;

    private final Map<X500Principal, List<Authority>> authorities;
    private final List<X509Certificate> between;
    private final List<Candidate> found = new ArrayList<>();
    private int most;
    private int steps;

    /**
     * @param path leaf first
     * @param authority the CA that may have issued the last certificate of the path
     */
    record Candidate(List<X509Certificate> path, Authority authority) {
        Candidate {
            path = List.copyOf(path);
        }
    }

    private CandidatePaths(Map<X500Principal, List<Authority>> authorities, List<X509Certificate> between) {
        this.authorities = authorities;
        this.between = between;
        this.most = MOST_FOUND;
    }

    /**
     * Returns the candidates, starting with the one in the order that was sent.
     *
     * @param sent the leaf first
     * @param authorities the bundle's CAs by their subjects
     */
    static List<Candidate> of(List<X509Certificate> sent, Map<X500Principal, List<Authority>> authorities) {
        Set<X509Certificate> seen = new HashSet<>();
        authorities.values().forEach(ofName -> ofName.forEach(ca -> seen.add(ca.certificate())));
        X509Certificate leaf = sent.get(0);
        seen.add(leaf);
        List<X509Certificate> between = sent.stream()
                .skip(1)
                .filter(certificate -> isReadable(certificate) && seen.add(certificate))
                .toList();
        CandidatePaths paths = new CandidatePaths(authorities, between);
        paths.extend(new ArrayList<>(List.of(leaf)));
        return paths.found;
    }

    private void extend(List<X509Certificate> path) {
        X500Principal issuer = path.get(path.size() - 1).getIssuerX500Principal();
        List<Authority> ends = authorities.getOrDefault(issuer, List.of());
        most = Math.max(most, MOST_FOUND + ends.size());
        for (Authority end : ends) {
            if (found.size() < most) {
                found.add(new Candidate(path, end));
            }
        }
        if (path.size() == LONGEST) {
            return;
        }
        for (X509Certificate next : between) {
            if (found.size() >= most || ++steps > MOST_STEPS) {
                return;
            }
            if (next.getSubjectX500Principal().equals(issuer) && !path.contains(next)) {
                path.add(next);
                extend(path);
                path.remove(path.size() - 1);
            }
        }
    }

    /** TLS passes certificates on unparsed. */
    private static boolean isReadable(X509Certificate certificate) {
        try {
            return certificate.getBasicConstraints() >= -1;
        } catch (IllegalStateException e) {
            return false; // ignored, like any other unrelated certificate
        }
    }
}
