package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * The certificates that the CAs of one namespace have revoked: the entries of all lists of its file (RFC 5280 §5). A
 * certificate on hold counts as revoked. Immutable; any thread.
 *
 * <p>An outdated list is still accepted, with an alarm: the previous one is even older, and refusing it would delay the
 * other changes, such as the withdrawal of a token key.
 *
 * @param lists the lists of the file
 * @param serials serial numbers of revoked certificates, by issuer
 * @param nextDue when the first of the lists becomes outdated
 */
record RevocationList(Set<X509CRL> lists, Map<X500Principal, Set<BigInteger>> serials, Optional<Instant> nextDue) {
    static final RevocationList NONE = new RevocationList(Set.of(), Map.of(), Optional.empty());

    private static final int CRL_SIGN = 6; // bit of KeyUsage, RFC 5280 §4.2.1.3

    RevocationList {
        lists = Set.copyOf(lists);
        serials = Map.copyOf(serials);
    }

    /**
     * @param known lists already in force: if the CA of one is removed from the bundle, that list is ignored and must
     *     not prevent the removal
     * @throws IllegalArgumentException if one of the file's lists cannot be trusted; the message names it
     */
    static RevocationList load(
            NamespaceName namespace, Path file, TrustBundle bundle, Set<X509CRL> known, Instant now) {
        String purpose = "revocation list of " + namespace;
        Set<X509CRL> lists = new HashSet<>(PemFile.revocationLists(purpose, file));
        Map<X500Principal, Set<BigInteger>> serials = new HashMap<>();
        Stream.Builder<Instant> due = Stream.builder();
        for (X509CRL list : lists) {
            Optional<X509Certificate> signer =
                    bundle.authorities().stream().filter(ca -> signed(ca, list)).findFirst();
            if (signer.isEmpty()) {
                if (known.contains(list)) {
                    continue;
                }
                throw new IllegalArgumentException(name(purpose, file, list)
                        + "is signed by no CA of the trust bundle; use a list that one of its CAs issued");
            }
            check(list, name(purpose, file, list), now);
            if (!known.contains(list)) {
                requireNoOlder(list, signer.get(), lists, known, name(purpose, file, list));
            }
            if (list.getNextUpdate() != null) {
                due.add(list.getNextUpdate().toInstant());
            }
            Set<BigInteger> ofIssuer =
                    serials.computeIfAbsent(list.getIssuerX500Principal(), issuer -> new HashSet<>());
            entries(list).forEach(entry -> ofIssuer.add(entry.getSerialNumber()));
        }
        return new RevocationList(lists, serials, due.build().min(Comparator.naturalOrder()));
    }

    private static String name(String purpose, Path file, X509CRL list) {
        return purpose + ": " + file + ": the list by '" + list.getIssuerX500Principal() + "' ";
    }

    private static void check(X509CRL list, String name, Instant now) {
        if (list.getThisUpdate().toInstant().isAfter(now.plus(TokenRules.MAX_SKEW))) {
            throw new IllegalArgumentException(
                    name + "is dated in the future (" + list.getThisUpdate().toInstant() + "); check the clocks");
        }
        try {
            var unused = Extensions.number(list);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "has a damaged number (cRLNumber); write it again", e);
        }
        Set<String> critical = list.getCriticalExtensionOIDs();
        boolean isPartOfAnother = critical != null
                && critical.stream().anyMatch(oid -> !oid.equals(Extensions.ISSUING_DISTRIBUTION_POINT));
        boolean isAboutOthers = entries(list).stream().anyMatch(entry -> entry.getCertificateIssuer() != null);
        if (isPartOfAnother || isAboutOthers) {
            throw new IllegalArgumentException(
                    name + "is a delta or an indirect list, which are not supported; use the CA's complete list");
        }
    }

    /**
     * Refuses an older list, since certificates missing from it would become valid again, unless the file also holds a
     * newer one.
     */
    private static void requireNoOlder(
            X509CRL list, X509Certificate signer, Set<X509CRL> lists, Set<X509CRL> known, String name) {
        for (X509CRL inForce : known) {
            boolean hasNoNewer =
                    lists.stream().allMatch(beside -> !isSameRow(beside, inForce) || isOlder(beside, inForce));
            if (isOlder(list, inForce) && hasNoNewer && signed(signer, inForce)) {
                throw new IllegalArgumentException(name + "is older (" + age(list) + ") than the one in force ("
                        + age(inForce) + "); put the latest there");
            }
        }
    }

    /** Lists of one CA with the same scope replace each other (RFC 5280 §5.2.3). */
    private static boolean isSameRow(X509CRL left, X509CRL right) {
        return left.getIssuerX500Principal().equals(right.getIssuerX500Principal())
                && Arrays.equals(
                        left.getExtensionValue(Extensions.ISSUING_DISTRIBUTION_POINT),
                        right.getExtensionValue(Extensions.ISSUING_DISTRIBUTION_POINT));
    }

    /** Compares by number, or by date if one has no number. */
    private static boolean isOlder(X509CRL list, X509CRL reference) {
        if (!isSameRow(list, reference)) {
            return false;
        }
        Optional<BigInteger> number = Extensions.number(list);
        Optional<BigInteger> least = Extensions.number(reference);
        if (number.isPresent() && least.isPresent()) {
            return number.get().compareTo(least.get()) < 0;
        }
        return list.getThisUpdate()
                .toInstant()
                .isBefore(reference.getThisUpdate().toInstant());
    }

    private static String age(X509CRL list) {
        return Extensions.number(list)
                        .map(number -> "number " + number + " of ")
                        .orElse("of ")
                + list.getThisUpdate().toInstant();
    }

    private static Set<? extends X509CRLEntry> entries(X509CRL list) {
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        return entries == null ? Set.of() : entries;
    }

    private static boolean signed(X509Certificate ca, X509CRL list) {
        boolean[] usage = ca.getKeyUsage();
        if (!ca.getSubjectX500Principal().equals(list.getIssuerX500Principal())
                || (usage != null && !usage[CRL_SIGN])) {
            return false;
        }
        try {
            list.verify(ca.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // by another CA of the same name, or changed since
        }
    }

    boolean contains(X509Certificate certificate) {
        return serials.getOrDefault(certificate.getIssuerX500Principal(), Set.of())
                .contains(certificate.getSerialNumber());
    }
}
