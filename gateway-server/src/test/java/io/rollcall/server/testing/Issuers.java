package io.rollcall.server.testing;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.TokenSpec;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Issuers, each as its product makes key sets and tokens. In a namespace of its own, with the settings that it needs,
 * every one of them gets its nodes in.
 *
 * @param namespace served by it
 * @param settings of the namespace
 * @param forms makes of a token bound to a certificate, with all claims, one as the issuer does
 */
public record Issuers(
        String namespace, Settings settings, KeySets.Published published, List<UnaryOperator<TokenSpec>> forms) {

    /** What the namespace asks for. */
    public enum Settings {
        BOUND,
        WITH_ISSUER,
        WITHOUT_ISSUER
    }

    /** All of them. */
    public static List<Issuers> all() {
        return List.of(
                of("keycloak", Settings.BOUND, KeySets.keycloak(), Issuers::keycloak),
                of("entra", Settings.WITH_ISSUER, KeySets.entra(), Issuers::entra),
                of("dex", Settings.WITH_ISSUER, KeySets.dex(), Issuers::dex),
                of("auth0", Settings.BOUND, KeySets.auth0(), Issuers::auth0, token -> auth0(token)
                        .header("typ", "application/at+jwt")),
                of("okta", Settings.BOUND, KeySets.okta(), Issuers::okta),
                of("spire", Settings.WITHOUT_ISSUER, KeySets.spireBundle(), Issuers::spire, token -> spire(token)
                        .withoutHeader("kid")
                        .withoutHeader("typ")
                        .without("iat")),
                of("discovery", Settings.WITH_ISSUER, KeySets.spireDiscovery(), token -> token.unbound()
                        .without("jti")),
                of("strange", Settings.WITHOUT_ISSUER, KeySets.strange(), Issuers::spire));
    }

    @SafeVarargs
    private static Issuers of(
            String namespace, Settings settings, KeySets.Published published, UnaryOperator<TokenSpec>... forms) {
        return new Issuers(namespace, settings, published, List.of(forms));
    }

    /** For a node of the namespace, one token in each form by each key. */
    public Stream<String> tokens(DevNamespace home, int node) {
        TokenSpec whole = home.tokens().specFor(home.node(node).credential().certificate());
        return published.signing().stream().flatMap(key -> forms.stream().map(form -> {
            TokenSpec signed = key.sign(whole);
            return home.tokens().token(form.apply(signed));
        }));
    }

    /** The namespace's part of a configuration, as {@code DevCerts} writes it, with what this issuer needs. */
    public String configure(String yaml, DevNamespace home) {
        String published = yaml.replace("jwks: " + namespace + "/jwks.json", "jwks: " + namespace + "/published.json");
        return settings == Settings.BOUND
                ? published
                : withoutBinding(published, home, settings == Settings.WITH_ISSUER);
    }

    /**
     * A configuration, as {@code DevCerts} writes it, where a namespace requires no binding.
     *
     * @param hasIssuer whether it goes on naming its issuer
     */
    public static String withoutBinding(String yaml, DevNamespace home, boolean hasIssuer) {
        String begin = "  " + home.name().value() + ":\n";
        String changed = yaml.replace(begin, begin + "    require-token-binding: false\n");
        return hasIssuer
                ? changed
                : changed.replace("    issuer: " + home.name().issuer() + "\n", "");
    }

    private static TokenSpec keycloak(TokenSpec token) {
        return token.claim("jti", "trrtcc:" + UUID.randomUUID())
                .claim("typ", "Bearer")
                .claim("azp", "node")
                .claim("aud", List.of(DevCerts.AUDIENCE, "account"))
                .claim("realm_access", Map.of("roles", List.of("offline_access")))
                .claim("scope", "profile email");
    }

    private static TokenSpec entra(TokenSpec token) {
        return token.unbound()
                .without("jti")
                .header("x5t", "e-1")
                .claim("nbf", 1_700_000_000)
                .claim("uti", "x1")
                .claim("tid", UUID.randomUUID().toString())
                .claim("ver", "2.0");
    }

    private static TokenSpec dex(TokenSpec token) {
        return token.unbound().without("jti").withoutHeader("typ").claim("at_hash", "x1");
    }

    private static TokenSpec auth0(TokenSpec token) {
        return token.header("typ", "at+jwt")
                .claim("aud", List.of("https://issuer.example/userinfo", DevCerts.AUDIENCE))
                .claim("gty", "client-credentials")
                .claim("client_id", "node");
    }

    private static TokenSpec okta(TokenSpec token) {
        return token.withoutHeader("typ").claim("ver", 1).claim("cid", "node").claim("scp", List.of("join"));
    }

    private static TokenSpec spire(TokenSpec token) {
        return token.unbound().without("iss").without("jti").claim("aud", List.of(DevCerts.AUDIENCE));
    }

    @Override
    public String toString() {
        return namespace;
    }
}
