package io.rollcall.devcerts;

import java.util.regex.Pattern;

/**
 * The name of a namespace, and the names derived from it.
 *
 * @param value {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}, not the reserved {@code gateway}
 */
public record NamespaceName(String value) implements Comparable<NamespaceName> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    /** Reserved for the directory of the gateway's own files. */
    static final String RESERVED = "gateway";

    /** @throws IllegalArgumentException if the name is invalid; the message says what was expected */
    public NamespaceName {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("namespace: \"" + value
                    + "\" (expected: 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit)");
        }
        if (value.equals(RESERVED)) {
            throw new IllegalArgumentException("namespace: \"gateway\" is reserved for the gateway itself");
        }
    }

    /** Returns the SPIFFE ID of a node. Any number is accepted, so that tests can request an invalid one. */
    public String node(int id) {
        return spiffe("node/" + id);
    }

    /** Returns the SPIFFE ID of an operator of this namespace. */
    public String operator(String name) {
        return spiffe("operator/" + name);
    }

    /** Returns the {@code iss} of this namespace's tokens. */
    public String issuer() {
        return "https://issuer." + DevCerts.TRUST_DOMAIN + "/" + value;
    }

    private String spiffe(String member) {
        return "spiffe://" + DevCerts.TRUST_DOMAIN + "/ns/" + value + "/" + member;
    }

    @Override
    public int compareTo(NamespaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
