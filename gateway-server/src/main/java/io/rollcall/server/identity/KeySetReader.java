package io.rollcall.server.identity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWSAlgorithm;
import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.SmallFile;
import io.rollcall.server.identity.PassedOver.Cause;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads key sets (RFC 7517 §5) key by key. Skips keys that cannot be used, and refuses only what is not a key set.
 * Issuers also publish keys of other uses and kinds, and a set that adds one must still be able to withdraw another.
 *
 * <p>Immutable; any thread.
 */
final class KeySetReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final JWSAlgorithm ofRsa;

    /** @param ofRsa the algorithm of RSA keys that name none */
    KeySetReader(String ofRsa) {
        this.ofRsa = JWSAlgorithm.parse(ofRsa);
    }

    /** @throws IllegalArgumentException if the file cannot be read or is not a key set; the message names it */
    TokenKeys load(URI address) {
        Path file = Path.of(address);
        try {
            return parse("token keys in " + file, new String(SmallFile.bytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "token keys: " + file + " "
                            + FileFailure.sentence(
                                    "cannot be read", e, "check that it is there and readable for the gateway's user"),
                    e);
        }
    }

    /**
     * @param source the source of the key set, for the message
     * @throws IllegalArgumentException if it is not a key set
     */
    TokenKeys parse(String source, String json) {
        JsonNode root = tree(source, json.startsWith(BYTE_ORDER_MARK) ? json.substring(1) : json);
        if (!root.isObject() || !root.path("keys").isArray()) {
            throw noKeySet(source, "expected an object with a list 'keys'", null);
        }
        boolean isSpiffeBundle = root.has("spiffe_sequence") || root.has("spiffe_refresh_hint");
        Map<String, Set<TokenKey>> byKid = new LinkedHashMap<>();
        List<PassedOver.Key> passedOver = new ArrayList<>();
        for (JsonNode member : root.path("keys")) {
            PublishedKey published = new PublishedKey(member, isSpiffeBundle);
            try {
                TokenKey key = published.forTokens(ofRsa);
                add(key, byKid.computeIfAbsent(key.kid(), kid -> new LinkedHashSet<>()));
            } catch (UnusableKeyException e) {
                passedOver.add(new PassedOver.Key(published.kid(), e.why(), String.valueOf(e.getMessage())));
            }
        }
        List<TokenKey> keys = byKid.values().stream().flatMap(Set::stream).toList();
        return TokenKeys.of(keys, PassedOver.of(passedOver));
    }

    /** Adds a key; duplicates count once. */
    private static void add(TokenKey key, Set<TokenKey> ofItsKid) throws UnusableKeyException {
        if (ofItsKid.size() == TokenKeys.MOST_CANDIDATES && !ofItsKid.contains(key)) {
            throw new UnusableKeyException(
                    Cause.UNUSABLE, "more keys have this kid than may, " + TokenKeys.MOST_CANDIDATES);
        }
        ofItsKid.add(key);
    }

    private static JsonNode tree(String source, String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw noKeySet(source, "expected JSON", e);
        }
    }

    private static IllegalArgumentException noKeySet(String source, String expected, @Nullable Exception cause) {
        return new IllegalArgumentException(source + ": not a JWK set (RFC 7517 §5): " + expected, cause);
    }
}
