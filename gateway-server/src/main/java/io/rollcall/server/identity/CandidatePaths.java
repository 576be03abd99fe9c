package io.rollcall.server.identity;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * The ways that may lead from a client's certificate to a CA of a bundle, by their names alone: no signature is looked
 * at. Clients send certificates in any order, with roots, doubles, strangers and CAs that several others signed; what is
 * on no way is left aside (RFC 8446 §4.4.2).
 *
 * <pre>
 *   sent: leaf, root, middle (by root), middle (by old root)       bundle: root
 *   leaf ◄── middle (by root) ◄── root                             the way to try
 *   leaf ◄── middle (by old root) ◄── ?                            leads nowhere
 * </pre>
 *
 * Bounded, since strangers choose what is sent: each way that is found costs up to {@value #LONGEST} signature checks.
 */
final class CandidatePaths {
    /**
     * Certificates that are looked at, the client's own included. Less than the ten that netty hands over of however many
     * were sent: so whoever sends more is refused in the handshake, not behind it.
     */
    static final int MOST_SENT = 9;

    /** Certificates of a path, the client's own included, the bundle's CA not. */
    static final int LONGEST = 5;

    /** More than one for each CA of the same name. */
    private static final int MOST_FOUND = 8;

    private static final int MOST_STEPS = 200;

    private final Map<X500Principal, List<Authority>> authorities;
    private final List<X509Certificate> between;
    private final List<Candidate> found = new ArrayList<>();
    private int most;
    private int steps;

    /**
     * @param path leaf first
     * @param authority that may have issued the last of it
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
     * The candidates, the one that keeps to the order of what was sent first.
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

    /** TLS hands certificates over unread. */
    private static boolean isReadable(X509Certificate certificate) {
        try {
            return certificate.getBasicConstraints() >= -1;
        } catch (IllegalStateException e) {
            return false; // off the path, like anything else that means nothing here
        }
    }
}
