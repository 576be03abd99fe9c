package io.rollcall.server.identity;

import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.identity.CandidatePaths.Candidate;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.namespace.NamespaceName;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is a member of one namespace: its CAs, their revocation lists, and the rules and keys of tokens.
 * Immutable, so that no reader sees half of a change; any thread.
 *
 * @param generation changes whenever any part changes, including token keys behind an https address
 */
record TrustPolicy(
        NamespaceName namespace,
        String trustDomain,
        TrustBundle bundle,
        RevocationList withdrawn,
        TokenRules tokens,
        long generation) {

    /**
     * Reads the bundle, without bringing it into force. CAs that are already in force are not rejected again: an expired
     * CA must not prevent a withdrawal.
     *
     * @param before the policy in force; null: none
     * @throws IllegalArgumentException as {@link TrustBundle#load}
     * @throws StartRefusedException as {@link TrustBundle#load}
     */
    static TrustBundle bundle(
            IdentityConfig config, NamespaceConfig namespace, @Nullable TrustPolicy before, Instant now) {
        Set<X509Certificate> authorities = before == null ? Set.of() : before.bundle.authorities();
        return TrustBundle.load(namespace.name(), namespace.trustBundle(), config.get(Setting.DEV), authorities, now);
    }

    /**
     * Reads the other files, without bringing them into force. Lists that are already in force are not rejected again:
     * an expired one, or one of a CA that was just removed, must not prevent a withdrawal.
     *
     * @param before the policy in force; null: none
     * @throws IllegalArgumentException if any of them cannot be used; the message names it and what to do
     */
    static TrustPolicy load(
            IdentityConfig config,
            NamespaceConfig namespace,
            TrustBundle bundle,
            KeySource keys,
            @Nullable TrustPolicy before,
            Instant now) {
        Set<X509CRL> lists = before == null ? Set.of() : before.withdrawn.lists();
        RevocationList withdrawn = namespace
                .crl()
                .map(file -> RevocationList.load(namespace.name(), file, bundle, lists, now))
                .orElse(RevocationList.NONE);
        TokenRules tokens =
                new TokenRules(namespace, config.get(Setting.AUDIENCE), config.get(Setting.MAX_TOKEN_LIFETIME), keys);
        return new TrustPolicy(namespace.name(), config.get(Setting.TRUST_DOMAIN), bundle, withdrawn, tokens, 0);
    }

    TrustPolicy at(long generation) {
        return new TrustPolicy(namespace, trustDomain, bundle, withdrawn, tokens, generation);
    }

    /**
     * Returns if a client's certificate is a member's. If several paths lead to a CA, one valid path is enough.
     *
     * @param sent the leaf first, then others in any order
     * @return when that ends, if nothing changes: the earliest expiry on its path, including the CA's; milliseconds
     *     since the epoch
     * @throws CertificateRefusedException if no CA of the bundle vouches for it, or it was withdrawn; describes the
     *     path that came furthest
     */
    long vouch(X509Certificate[] sent, Instant now) throws CertificateRefusedException {
        CertificateRefusedException why = PathRules.untrusted(null);
        for (Candidate candidate : bundle.candidates(sent)) {
            try {
                return end(PathRules.validate(candidate, now));
            } catch (CertificateRefusedException e) {
                why = why.reason() == Reason.CERTIFICATE_UNTRUSTED ? e : why;
            }
        }
        throw why;
    }

    private long end(List<X509Certificate> path) throws CertificateRefusedException {
        long end = Long.MAX_VALUE;
        for (X509Certificate certificate : path) {
            if (withdrawn.contains(certificate)) {
                throw new CertificateRefusedException(
                        Reason.CERTIFICATE_WITHDRAWN,
                        certificate.equals(path.get(0))
                                ? "withdrawn by a revocation list of the namespace"
                                : "'" + ShownCertificate.subject(certificate)
                                        + "' on its path was withdrawn by a revocation list of the namespace");
            }
            end = Math.min(end, certificate.getNotAfter().toInstant().toEpochMilli());
        }
        return end;
    }
}
