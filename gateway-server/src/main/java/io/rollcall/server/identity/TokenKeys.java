package io.rollcall.server.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.SmallFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign one namespace's tokens, by {@code kid}. Immutable. Without any key, all tokens are refused: an
 * emptied set is a withdrawal.
 */
record TokenKeys(Map<String, TokenKey> byKid) {
    TokenKeys {
        byKid = Map.copyOf(byKid);
    }

    /** @throws IllegalArgumentException if the file cannot be read or is no key set; the message names it */
    static TokenKeys load(URI address) {
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
     * Reads a JWK set (RFC 7517 §5); one key that will not do refuses the whole set. Keys for encryption are left out.
     *
     * @param source where it is from, for the message
     * @throws IllegalArgumentException if it is no such set
     */
    static TokenKeys parse(String source, String json) {
        Map<String, TokenKey> keys = new LinkedHashMap<>();
        try {
            for (JWK jwk : parse(json)) {
                if (KeyUse.ENCRYPTION.equals(jwk.getKeyUse())) {
                    continue;
                }
                TokenKey key = TokenKey.of(jwk);
                if (keys.put(key.kid(), key) != null) {
                    throw new IllegalArgumentException("key '" + key.kid() + "' is there twice");
                }
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException(source + ": not a JWK set (RFC 7517 §5)", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        return new TokenKeys(keys);
    }

    private static List<JWK> parse(String json) throws ParseException {
        try {
            return JWKSet.parse(json).getKeys();
        } catch (RuntimeException e) {
            // The library trusts the shape of what is within: a null among the keys is a NullPointerException.
            throw (ParseException) new ParseException("not a JWK set", 0).initCause(e);
        }
    }

    @Nullable
    TokenKey find(String kid) {
        return byKid.get(kid);
    }
}
