package io.rollcall.devcerts;

import java.util.regex.Pattern;

/**
 * The name of a tenant, and the names that follow from it.
 *
 * @param value {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}, not the reserved {@code gateway}
 */
public record NamespaceName(String value) implements Comparable<NamespaceName> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    /** The name that no tenant may have: the gateway's own files stand under it. */
    static final String RESERVED = "gateway";

    /** @throws IllegalArgumentException saying what a namespace may be called */
    public NamespaceName {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("namespace: \"" + value
                    + "\" (expected: 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit)");
        }
        if (value.equals(RESERVED)) {
            throw new IllegalArgumentException("namespace: \"gateway\" is reserved for the gateway itself");
        }
    }

    /** The SPIFFE ID of a node; any number is taken, so that a test can ask for one that no node may have. */
    public String node(int id) {
        return spiffe("node/" + id);
    }

    /** The SPIFFE ID of an operator of this namespace. */
    public String operator(String name) {
        return spiffe("operator/" + name);
    }

    /** The {@code iss} of this namespace's tokens. */
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
