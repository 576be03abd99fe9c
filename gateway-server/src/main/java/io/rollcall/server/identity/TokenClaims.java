package io.rollcall.server.identity;

import com.nimbusds.jose.Payload;
import io.rollcall.server.failure.RefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token (RFC 7519 §4), each read with its required type. Not read by the library, which turns an {@code
 * exp} beyond its range into one in the past, and truncates fractions of seconds.
 *
 * <p>Every method throws {@link RefusedException}, TOKEN_MALFORMED, if a claim is present but has another type.
 */
final class TokenClaims {
    /** The year 9999, the last that RFC 3339 can write. */
    private static final double LATEST_SECONDS = 253_402_300_799d;

    private static final int MILLIS = 1000;

    private final Map<String, Object> claims;

    private TokenClaims(Map<String, Object> claims) {
        this.claims = claims;
    }

    static TokenClaims of(Payload payload) {
        Map<String, Object> claims = payload.toJSONObject();
        if (claims == null) {
            throw TokenRules.malformed("its claims (expected: a JSON object, each claim once)");
        }
        return new TokenClaims(claims);
    }

    /** @return null: it is not there */
    @Nullable
    String text(String name) {
        Object value = claims.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrongType(name, value, "text");
        }
        return (String) value;
    }

    String requiredText(String name) {
        return require(text(name), name);
    }

    /** Returns one text or a list of them (RFC 7519 §4.1.3). */
    List<String> requiredTexts(String name) {
        Object value = require(claims.get(name), name);
        if (value instanceof String one) {
            return List.of(one);
        }
        if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw wrongType(name, value, "text, or a list of texts");
        }
        if (list.isEmpty()) {
            throw TokenRules.malformed("claim " + name + " is missing");
        }
        return list.stream().map(String.class::cast).toList();
    }

    /**
     * Returns a NumericDate (RFC 7519 §2), including fractions of a second.
     *
     * @return to the millisecond; null: it is absent
     */
    @Nullable
    Instant time(String name) {
        Object value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Number number)) {
            throw wrongType(name, value, "a number of seconds since 1970");
        }
        double seconds = number.doubleValue();
        if (!(Math.abs(seconds) <= LATEST_SECONDS)) {
            throw TokenRules.malformed("claim " + name + " " + Quoted.of(number.toString())
                    + " (expected: seconds since 1970, up to the year 9999)");
        }
        return Instant.ofEpochMilli(Math.round(seconds * MILLIS));
    }

    Instant requiredTime(String name) {
        return require(time(name), name);
    }

    /** @return null: it is not there */
    @Nullable
    Map<?, ?> object(String name) {
        Object value = claims.get(name);
        if (value != null && !(value instanceof Map)) {
            throw wrongType(name, value, "an object");
        }
        return (Map<?, ?>) value;
    }

    private static <T> T require(@Nullable T claim, String name) {
        if (claim == null) {
            throw TokenRules.malformed("claim " + name + " is missing");
        }
        return claim;
    }

    private static RefusedException wrongType(String name, Object value, String expected) {
        return TokenRules.malformed("claim " + name + " is " + type(value) + " (expected: " + expected + ")");
    }

    private static String type(Object value) {
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof List) {
            return "a list";
        }
        return value instanceof Map ? "an object" : "true or false";
    }
}
