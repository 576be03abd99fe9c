package io.rollcall.pem;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A certificate chain in the order that TLS requires: the leaf first, then each certificate's issuer (RFC 8446 §4.4.2).
 * Files may be in any order, with roots, duplicates and unrelated certificates.
 *
 * <pre>
 *   file: root, leaf, middle, leaf, other         path: leaf, middle, root      left aside: leaf, other
 * </pre>
 *
 * @param path the key's certificate and its issuers; at least one certificate
 * @param leftAside the certificates not on the path, in the order of the file
 */
public record OwnChain(List<X509Certificate> path, List<X509Certificate> leftAside) {
    public OwnChain {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one certificate");
        }
        path = List.copyOf(path);
        leftAside = List.copyOf(leftAside);
    }

    /** Returns the chain of a key; empty if the key belongs to none of the certificates. */
    public static Optional<OwnChain> of(List<X509Certificate> found, PrivateKey key) {
        for (X509Certificate candidate : found) {
            if (belongTogether(key, candidate.getPublicKey())) {
                return Optional.of(from(candidate, found));
            }
        }
        return Optional.empty();
    }

    private static OwnChain from(X509Certificate leaf, List<X509Certificate> found) {
        List<X509Certificate> rest = new ArrayList<>(found);
        List<X509Certificate> path = new ArrayList<>();
        Optional<X509Certificate> next = Optional.of(leaf);
        while (next.isPresent()) {
            X509Certificate last = next.get();
            path.add(last);
            rest.remove(last);
            next = rest.stream()
                    .filter(candidate -> !path.contains(candidate) && issued(candidate, last))
                    .findFirst();
        }
        return new OwnChain(path, rest);
    }

    private static boolean issued(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // issued by another CA of the same name
        }
    }

    /** Checks by signing, since a private key does not always contain its public half. */
    private static boolean belongTogether(PrivateKey key, PublicKey certified) {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                };
        byte[] probe = {1, 2, 3, 4};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(probe);
            return signature.verify(signed);
        } catch (SignatureException e) {
            return false; // another curve or length
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key cannot sign with " + algorithm, e);
        }
    }
}
