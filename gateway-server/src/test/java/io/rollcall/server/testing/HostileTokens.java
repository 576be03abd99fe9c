package io.rollcall.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.TokenSpec;
import io.rollcall.server.failure.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The {@code authorization} headers that no call may get through with, sent by a node 3 of alpha on its own connection.
 * Unless a case says otherwise, alpha's own key has signed the token, so that nothing but the named fault keeps it out.
 * What must not come back in a refusal is the header itself, and, but where the refusal is to tell a single value of it,
 * what is spelt {@value #MARK}.
 */
public final class HostileTokens {
    /** In values of an attacker's choice. */
    public static final String MARK = "h0stile";

    private static final int ID = 3;
    private static final int LONGEST_VALUE = 30;
    private static final int LONGEST_REFUSAL = 1_500;
    private static final Duration MAX_LIFETIME = Duration.ofDays(31); // as gateway.yaml says

    private final DevNamespace alpha;
    private final DevNamespace beta;
    private final Member node;
    private final Instant now;
    private final TokenSpec good;
    private final String kid;
    private final String token;
    private final String[] parts;
    private final String header;
    private final String claims;

    private HostileTokens(DevNamespace alpha, DevNamespace beta, Instant now) {
        this.alpha = alpha;
        this.beta = beta;
        this.node = alpha.node(ID);
        this.now = now;
        this.good = alpha.tokens().specFor(node.credential().certificate());
        this.kid = alpha.tokens().publicKey().getKeyID();
        this.token = alpha.tokens().token(good);
        this.parts = token.split("\\.");
        this.header = new Base64URL(parts[0]).decodeToString();
        this.claims = new Base64URL(parts[1]).decodeToString();
    }

    /**
     * A header with its fault.
     *
     * @param authorization the values of the header, one for each time that it is sent
     * @param isTold whether the refusal tells the value at fault, cut and cleaned, to whoever sent it
     */
    public record Case(String what, Refusal expected, List<String> authorization, boolean isTold) {
        public Case(String what, Refusal expected, List<String> authorization) {
            this(what, expected, authorization, false);
        }

        Case told() {
            return new Case(what, expected, authorization, true);
        }

        /** @param said all that came back */
        public void assertNothingSecretIn(String said) {
            assertThat(said).doesNotContainPattern("[\\p{Cntrl}\\u202E]").hasSizeLessThan(LONGEST_REFUSAL);
            if (!isTold) {
                assertThat(said).doesNotContain("beta").doesNotContain(MARK);
            }
            for (String header : authorization) {
                if (header.length() > LONGEST_VALUE) {
                    assertThat(said).doesNotContain(header.substring(10, 30));
                }
            }
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** All of them, as of {@code now}; both tenants have a node 3. */
    public static List<Case> all(DevNamespace alpha, DevNamespace beta, Instant now) throws JOSEException {
        HostileTokens corpus = new HostileTokens(alpha, beta, now);
        return Stream.of(
                        corpus.envelopes(),
                        corpus.signatures(),
                        corpus.algorithms(),
                        corpus.headers(),
                        corpus.missingClaims(),
                        corpus.parties(),
                        corpus.types(),
                        corpus.times(),
                        corpus.json())
                .flatMap(cases -> cases)
                .toList();
    }

    /**
     * Those of a node 3 whose namespace requires no binding; a token with {@code sub}, {@code aud} and {@code exp} alone
     * would do there.
     *
     * @param hasIssuer whether the namespace names one
     */
    public static List<Case> whereNoBindingIsRequired(
            DevNamespace loose, DevNamespace other, boolean hasIssuer, Instant now) throws JOSEException {
        HostileTokens corpus = new HostileTokens(loose, other, now);
        return Stream.concat(corpus.ofJwtSvids(), hasIssuer ? corpus.ofIssuers() : Stream.of())
                .toList();
    }

    private Stream<Case> ofJwtSvids() throws JOSEException {
        TokenSpec svid = good.unbound().without("iat").without("jti");
        TokenSpec least = svid.withoutHeader("kid").withoutHeader("typ");
        ECKey mine = new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        Member namesake = alpha.mint(alpha.nodeSpec(ID));
        return Stream.of(
                malformed("no sub", svid.without("sub")),
                malformed("no aud", svid.without("aud")),
                malformed("an empty aud", svid.claim("aud", List.of())),
                malformed("no exp", svid.without("exp")),
                malformed("exp that is text", svid.claim("exp", "tomorrow")),
                malformed("an empty jti", svid.claim("jti", "")),
                malformed("jti that is a number", svid.claim("jti", 7)),
                malformed("iat that is text", svid.claim("iat", "now")),
                malformed("iat in the future", svid.issuedAt(now.plusSeconds(90))),
                malformed(
                        "nbf in the future",
                        svid.claim("nbf", now.plusSeconds(90).getEpochSecond())),
                malformed(
                        "more time left than may be, without iat",
                        svid.expiresAt(now.plus(MAX_LIFETIME).plusSeconds(90))),
                malformed(
                        "a longer life than may be, though less is left",
                        svid.issuedAt(now.minus(Duration.ofDays(30))).expiresAt(now.plus(Duration.ofDays(2)))),
                bearer("expired", Refusal.TOKEN_EXPIRED, alpha.tokens().token(svid.expiresAt(now.minusSeconds(31)))),
                foreign("another node's", svid.subject(alpha.name().node(4))),
                foreign("another audience", svid.audience(MARK)).told(),
                foreign("signed by me", svid.signedWith(JWSAlgorithm.ES256, new ECDSASigner(mine))),
                foreign("signed by me, without kid", least.signedWith(JWSAlgorithm.ES256, new ECDSASigner(mine))),
                foreign(
                        "without kid, by an alg of no key",
                        least.signedWith(JWSAlgorithm.RS256, new RSASSASigner(new RSAKeyGenerator(2048).generate()))),
                foreign("another tenant's, without kid", other(least)),
                malformed("alg none, without kid", least.unsigned()),
                malformed(
                        "jwk, without kid",
                        least.header("jwk", mine.toPublicJWK().toJSONObject())),
                unbound(
                        "bound to another certificate",
                        svid.boundTo(namesake.credential().certificate())),
                unbound("bound to none", svid.claim("cnf", Map.of())));
    }

    private String other(TokenSpec spec) {
        return beta.tokens().token(spec);
    }

    private Stream<Case> ofIssuers() {
        TokenSpec svid = good.unbound();
        return Stream.of(
                malformed("no iss", svid.without("iss")),
                malformed(
                        "iss that is a list",
                        svid.claim("iss", List.of(alpha.name().issuer()))),
                foreign("another iss", svid.claim("iss", MARK)).told());
    }

    private static Case sent(String what, Refusal expected, String... authorization) {
        return new Case(what, expected, List.of(authorization));
    }

    private static Case bearer(String what, Refusal expected, String token) {
        return sent(what, expected, "Bearer " + token);
    }

    private static Case malformed(String what, String token) {
        return bearer(what, Refusal.TOKEN_MALFORMED, token);
    }

    private static Case foreign(String what, String token) {
        return bearer(what, Refusal.TOKEN_FOREIGN, token);
    }

    private Case malformed(String what, TokenSpec spec) {
        return malformed(what, alpha.tokens().token(spec));
    }

    private Case foreign(String what, TokenSpec spec) {
        return foreign(what, alpha.tokens().token(spec));
    }

    private Case unbound(String what, TokenSpec spec) {
        return bearer(what, Refusal.TOKEN_UNBOUND, alpha.tokens().token(spec));
    }

    /** Signed by alpha, be the claims what they may. */
    private String withClaims(String json) {
        return alpha.tokens().signed(header, json);
    }

    /** Signed by alpha, be the header what it may. */
    private String withHeader(String json) {
        return alpha.tokens().signed(json, claims);
    }

    private String withSignature(byte[] signature) {
        return parts[0] + "." + parts[1] + "." + Base64URL.encode(signature);
    }

    private Stream<Case> envelopes() {
        String whole = "Bearer " + token;
        String anothers = "Bearer " + beta.node(ID).token();
        String nested = withClaims(token);
        return Stream.of(
                new Case("no header", Refusal.TOKEN_MISSING, List.of()),
                sent("an empty header", Refusal.TOKEN_MALFORMED, ""),
                sent("a scheme alone", Refusal.TOKEN_MALFORMED, "Bearer"),
                sent("a scheme and a blank", Refusal.TOKEN_MALFORMED, "Bearer "),
                sent("another scheme", Refusal.TOKEN_MALFORMED, "Basic " + Base64URL.encode(MARK + ":x")),
                sent("another scheme with a good token", Refusal.TOKEN_MALFORMED, "DPoP " + token),
                sent("a good token without scheme", Refusal.TOKEN_MALFORMED, token),
                sent("a good token next to its scheme", Refusal.TOKEN_MALFORMED, "Bearer" + token),
                sent("two blanks", Refusal.TOKEN_MALFORMED, "Bearer  " + token),
                sent("a blank behind", Refusal.TOKEN_MALFORMED, "Bearer " + token + " "),
                sent("a blank within", Refusal.TOKEN_FOREIGN, "Bearer " + parts[0] + " ." + parts[1] + "." + parts[2]),
                sent("two schemes", Refusal.TOKEN_MALFORMED, "Bearer " + whole),
                sent("two tokens", Refusal.TOKEN_MALFORMED, whole + " " + token),
                sent("two tokens with a comma", Refusal.TOKEN_MALFORMED, whole + "," + token),
                sent("two headers", Refusal.TOKEN_MALFORMED, whole, whole),
                sent("two headers, mine last", Refusal.TOKEN_MALFORMED, anothers, whole),
                sent("two headers, mine first", Refusal.TOKEN_MALFORMED, whole, anothers),
                sent("two headers, one of another scheme", Refusal.TOKEN_MALFORMED, "Basic " + MARK, whole),
                malformed("no JWT", MARK),
                malformed("no JSON", Base64URL.encode(MARK) + "." + parts[1] + "." + parts[2]),
                malformed("empty objects", "e30.e30.e30"),
                malformed("dots", ".."),
                malformed("one part", parts[0]),
                malformed("two parts", parts[0] + "." + parts[1]),
                malformed("a dot behind", token + "."),
                malformed("a dot in front", "." + token),
                malformed("four parts", token + "." + parts[2]),
                malformed("an encrypted one", encrypted()),
                malformed("a token in a token", nested),
                malformed(
                        "a token in a token that says so",
                        alpha.tokens().signed(header.replace("{", "{\"cty\":\"JWT\","), token)),
                malformed(
                        "in JSON",
                        "{\"payload\":\"" + parts[1] + "\",\"protected\":\"" + parts[0] + "\",\"signature\":\""
                                + parts[2] + "\"}"),
                malformed("longer than may be", good.claim("pad", "x".repeat(4_096))),
                malformed("longer than may be, of nothing", "a".repeat(4_097)));
    }

    private static String encrypted() {
        return Base64URL.encode("{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\"}") + ".AAAA.AAAA.AAAA.AAAA";
    }

    private Stream<Case> signatures() throws JOSEException {
        byte[] signature = new Base64URL(parts[2]).decode();
        byte[] flipped = signature.clone();
        flipped[0] ^= 1;
        byte[] order = new byte[64];
        Arrays.fill(order, (byte) 0xFF);
        String foreignSignature =
                alpha.tokens().token(good.subject(beta.name().node(ID))).split("\\.")[2];
        String otherSpelling = parts[2].substring(0, parts[2].length() - 1) + otherLast(parts[2]);
        String start = parts[0] + "." + parts[1] + ".";
        return Stream.of(
                malformed("no signature", start),
                foreign("another token's signature", start + foreignSignature),
                foreign("a signature cut short", withSignature(Arrays.copyOf(signature, 63))),
                foreign("half a signature", withSignature(Arrays.copyOf(signature, 32))),
                foreign("a signature with more behind", withSignature(Arrays.copyOf(signature, 65))),
                foreign("a signature with a bit flipped", withSignature(flipped)),
                // CVE-2022-21449: r = s = 0 fits every message where nobody looks.
                foreign("a signature of zeros", withSignature(new byte[64])),
                foreign("a signature beyond the curve's order", withSignature(order)),
                foreign("a signature in DER", withSignature(ECDSA.transcodeSignatureToDER(signature))),
                malformed("a signature with a character too many", token + "!"),
                malformed("a signature with padding", token + "=="),
                malformed("a signature in other letters for the same bytes", start + otherSpelling),
                foreign("claims with a character too many", parts[0] + "." + parts[1] + "*." + parts[2]));
    }

    /** The last character of 64 bytes in base64 has four bits that mean nothing. */
    private static char otherLast(String base64) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return letters.charAt(letters.indexOf(base64.charAt(base64.length() - 1)) + 1);
    }

    private Stream<Case> algorithms() throws JOSEException {
        byte[] publicKey = publicKey();
        String none = header.replace("ES256", "none");
        return Stream.of(
                malformed("alg none", good.unsigned()),
                malformed("alg none, with a signature", Base64URL.encode(none) + "." + parts[1] + "." + parts[2]),
                foreign("alg NONE, with a signature", withHeader(header.replace("ES256", "NONE"))),
                malformed("no alg", withHeader(header.replace("\"alg\":\"ES256\"", "\"x\":1"))),
                foreign("an empty alg", withHeader(header.replace("ES256", ""))),
                foreign("an alg that nobody knows", withHeader(header.replace("ES256", MARK)))
                        .told(),
                foreign(
                        "HS256 with the public key as secret",
                        good.signedWith(JWSAlgorithm.HS256, new MACSigner(publicKey))),
                foreign(
                        "HS256 with the public key's JSON as secret",
                        good.signedWith(
                                JWSAlgorithm.HS256,
                                new MACSigner(alpha.tokens().publicKey().toJSONString()))),
                foreign(
                        "RS256 under an ES256 key",
                        good.signedWith(JWSAlgorithm.RS256, new RSASSASigner(new RSAKeyGenerator(2048).generate()))),
                foreign(
                        "ES384 under an ES256 key",
                        good.signedWith(
                                JWSAlgorithm.ES384, new ECDSASigner(new ECKeyGenerator(Curve.P_384).generate()))),
                foreign("ES256 that says RS256", withHeader(header.replace("ES256", "RS256"))),
                foreign("ES256 that says ES256K", withHeader(header.replace("ES256", "ES256K"))));
    }

    private byte[] publicKey() throws JOSEException {
        return alpha.tokens().publicKey().toECPublicKey().getEncoded();
    }

    private Stream<Case> headers() throws JOSEException {
        var mine = new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        TokenSpec forged = good.signedWith(JWSAlgorithm.ES256, new ECDSASigner(mine));
        String address = "https://" + MARK + ".example/keys";
        return Stream.of(
                malformed("no kid", good.withoutHeader("kid")),
                malformed("a kid that is a number", withHeader(header.replace("\"" + kid + "\"", "7"))),
                foreign("an empty kid", good.header("kid", "")),
                foreign("a kid that nobody knows", good.header("kid", MARK)).told(),
                foreign(
                        "another tenant's kid",
                        good.header("kid", beta.tokens().publicKey().getKeyID())),
                foreign("a kid that is a path", good.header("kid", "../../../../dev/null#" + MARK))
                        .told(),
                foreign("a kid without end", good.header("kid", MARK.repeat(300)))
                        .told(),
                foreign("a kid that is SQL", good.header("kid", MARK + "' UNION SELECT 'key' --"))
                        .told(),
                foreign("a kid with a line break", good.header("kid", kid + "\n" + MARK))
                        .told(),
                malformed("jku", good.header("jku", address)),
                malformed("jku, signed with its key", forged.header("jku", address)),
                malformed("jku that is no address", withHeader(header.replace("{", "{\"jku\":\"::" + MARK + "\","))),
                malformed("x5u", good.header("x5u", address)),
                malformed("x5u, signed with its key", forged.header("x5u", address)),
                malformed("jwk", good.header("jwk", alpha.tokens().publicKey().toJSONObject())),
                malformed(
                        "jwk, signed with its key",
                        forged.header("jwk", mine.toPublicJWK().toJSONObject())),
                foreign("signed with a key of one's own under my kid", forged),
                malformed("crit", good.header("crit", List.of("exp")).header("exp", 1)),
                malformed("an empty crit", withHeader(header.replace("{", "{\"crit\":[],"))),
                malformed("b64", good.header("b64", false).header("crit", List.of("b64"))),
                foreign("b64 that is not critical", withHeader(header.replace("{", "{\"b64\":false,"))),
                malformed("another typ", good.header("typ", "logout+jwt")),
                malformed("a typ with another prefix", good.header("typ", "text/at+jwt")),
                malformed("a typ with two prefixes", good.header("typ", "application/application/jwt")),
                malformed("a typ of a prefix alone", good.header("typ", "application/")),
                malformed("a typ without end", good.header("typ", MARK.repeat(300)))
                        .told(),
                malformed("a typ that is a number", withHeader(header.replace("\"JWT\"", "7"))),
                malformed("a header that is there twice", withHeader(header.replace("{", "{\"alg\":\"none\","))));
    }

    private Stream<Case> missingClaims() {
        return Stream.concat(
                Stream.of("iss", "sub", "aud", "exp", "iat", "jti")
                        .map(claim -> malformed("no " + claim, good.without(claim))),
                Stream.of(
                        unbound("no cnf", good.unbound()),
                        malformed("no claims", withClaims("{}")),
                        malformed("claims that are a list", withClaims("[]")),
                        malformed("claims that are nothing", withClaims("null")),
                        malformed("no JSON for claims", withClaims(MARK)),
                        malformed("sub that is nothing", withClaims(with("sub", "null"))),
                        malformed("aud without any", withClaims(with("aud", "[]"))),
                        malformed("an empty jti", good.claim("jti", ""))));
    }

    private Stream<Case> parties() {
        String me = alpha.name().node(ID);
        Member namesake = alpha.mint(alpha.nodeSpec(ID));
        return Stream.of(
                foreign("another tenant's token", beta.node(ID).token()),
                foreign(
                        "about me, by another tenant",
                        beta.tokens()
                                .token(beta.tokens().specFor(node.credential().certificate()))),
                foreign("another tenant's key under my kid", beta.tokens().token(good)),
                foreign("another tenant's issuer", good.claim("iss", beta.name().issuer()))
                        .told(),
                foreign("an issuer without end", good.claim("iss", MARK.repeat(300)))
                        .told(),
                foreign("an issuer that turns the line round", good.claim("iss", "\u202E" + MARK))
                        .told(),
                foreign("my issuer with a slash", good.claim("iss", alpha.name().issuer() + "/")),
                foreign("another audience", good.audience(MARK)).told(),
                foreign("many other audiences", good.claim("aud", java.util.Collections.nCopies(200, MARK)))
                        .told(),
                foreign("an audience in capitals", good.audience("ROLLCALL-GATEWAY")),
                foreign("another node's", good.subject(alpha.name().node(4))),
                foreign("an operator's", good.subject(alpha.name().operator("admin"))),
                foreign("another tenant's node", good.subject(beta.name().node(ID)))
                        .told(),
                foreign("about me in capitals", good.subject(me.replace("alpha", "ALPHA"))),
                foreign("about me with a slash", good.subject(me + "/")),
                foreign("about me with a blank", good.subject(me + " ")),
                foreign("about me with a NUL", good.subject(me + "\0" + MARK)).told(),
                foreign("about me with a line break", good.subject(me + "\r\n" + MARK))
                        .told(),
                foreign("about me, percent-encoded", good.subject(me.replace("alpha", "alph%61"))),
                bearer("bound to another certificate", Refusal.TOKEN_UNBOUND, namesake.token()),
                unbound("bound to half a certificate", bound(thumbprint().substring(0, 20))),
                unbound("bound with padding", bound(thumbprint() + "=")),
                unbound("bound in capitals", bound(thumbprint().toUpperCase(java.util.Locale.ROOT))),
                unbound("bound to nothing", bound("")),
                unbound("bound to a number", good.claim("cnf", Map.of("x5t#S256", 7))),
                unbound("bound in another way", good.claim("cnf", Map.of("jkt", thumbprint()))),
                unbound("bound to none", good.claim("cnf", Map.of())));
    }

    private TokenSpec bound(String thumbprint) {
        return good.claim("cnf", Map.of("x5t#S256", thumbprint));
    }

    private String thumbprint() {
        return node.credential().thumbprint();
    }

    private Stream<Case> types() {
        return Stream.of(
                malformed("iss that is a number", good.claim("iss", 7)),
                malformed(
                        "sub that is a list",
                        good.claim("sub", List.of(alpha.name().node(ID)))),
                malformed("aud that is an object", good.claim("aud", Map.of("x", MARK))),
                malformed("aud that holds a number", good.claim("aud", List.of(7))),
                malformed("jti that is a number", good.claim("jti", 7)),
                malformed("cnf that is text", good.claim("cnf", MARK)),
                malformed("cnf that is a list", good.claim("cnf", List.of(thumbprint()))),
                malformed("exp that is text", good.claim("exp", "tomorrow")),
                malformed(
                        "exp that is a number in quotes",
                        good.claim("exp", "" + now.plusSeconds(60).getEpochSecond())),
                malformed("exp that is true", good.claim("exp", true)),
                malformed("exp beyond all time", withClaims(with("exp", "1e308"))),
                malformed("exp beyond all numbers", withClaims(with("exp", "1e9999"))),
                malformed("exp after the year 9999", withClaims(with("exp", "253402300800"))),
                malformed("exp that the library takes for long ago", withClaims(with("exp", "9e18"))),
                malformed("exp of 19 digits", withClaims(with("exp", "9223372036854775807"))),
                malformed("exp of 400 digits", withClaims(with("exp", "9".repeat(400)))),
                malformed("exp that is no number", withClaims(with("exp", "NaN"))),
                malformed("exp without end", withClaims(with("exp", "Infinity"))),
                malformed("iat beyond all time", withClaims(with("iat", "1e308"))),
                malformed("iat before all time", withClaims(with("iat", "-1e308"))),
                malformed("nbf that is text", good.claim("nbf", "now")));
    }

    /** The claims with another value, in JSON, for one of them. */
    private String with(String claim, String json) {
        String changed = claims.replaceFirst("\"" + claim + "\":(\"[^\"]*\"|\\d+)", "\"" + claim + "\":" + json);
        if (changed.equals(claims)) {
            throw new AssertionError(claim + " is not among " + claims);
        }
        return changed;
    }

    private Stream<Case> times() {
        return Stream.of(
                bearer(
                        "expired",
                        Refusal.TOKEN_EXPIRED,
                        alpha.tokens()
                                .token(good.issuedAt(now.minusSeconds(600)).expiresAt(now.minusSeconds(31)))),
                malformed(
                        "a longer life than may be",
                        good.expiresAt(now.plus(MAX_LIFETIME).plusSeconds(60))),
                malformed("it ends before it begins", good.expiresAt(now.minusSeconds(2))),
                malformed("iat in the future", good.issuedAt(now.plusSeconds(90))),
                malformed("iat before 1970", good.issuedAt(Instant.ofEpochSecond(-1))),
                malformed(
                        "nbf in the future",
                        good.claim("nbf", now.plusSeconds(90).getEpochSecond())));
    }

    private Stream<Case> json() {
        String deep = "[".repeat(1_200) + "]".repeat(1_200);
        String anothers = "{\"sub\":\"" + beta.name().node(ID) + "\",";
        return Stream.of(
                malformed("a claim that is there twice", withClaims(claims.replaceFirst("\\{", anothers))),
                // RFC 7519 §4: refused, or the last one counts.
                bearer(
                                "bound twice, to me and then to another",
                                Refusal.TOKEN_UNBOUND,
                                withClaims(claims.replace(
                                        thumbprint() + "\"", thumbprint() + "\",\"x5t#S256\":\"" + MARK + "\"")))
                        .told(),
                malformed("claims nested without end", withClaims(claims.replaceFirst("\\{", "{\"x\":" + deep + ","))),
                malformed(
                        "a header nested without end", withHeader(header.replaceFirst("\\{", "{\"x\":" + deep + ","))),
                malformed("claims with something behind", withClaims(claims + "{}")),
                malformed("claims cut short", withClaims(claims.substring(0, claims.length() - 1))),
                malformed("claims in single quotes", withClaims(claims.replace('"', '\''))),
                malformed("claims with a comment", withClaims("/* " + MARK + " */" + claims)),
                malformed("a NUL behind the claims", withClaims(claims + "\0")));
    }
}
