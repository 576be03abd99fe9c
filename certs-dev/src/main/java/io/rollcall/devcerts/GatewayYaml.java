package io.rollcall.devcerts;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes the configuration for a gateway with these files. */
final class GatewayYaml {
    static final String FILE = "gateway.yaml";

    /** Names that YAML would not parse as strings. */
    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9-]*");

    private GatewayYaml() {}

    static String of(Collection<NamespaceName> namespaces) {
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, """
                # Made by scripts/dev-certs, for development on one machine only.
                # The next run undoes changes made here: keep your own settings in a copy beside this file.
                # Paths are relative to it.
                dev: true
                trust-domain: %s
                audience: %s
                certificate: gateway/cert.pem
                key: gateway/key.pem
                max-token-lifetime: 31d
                namespaces:
                """, DevCerts.TRUST_DOMAIN, DevCerts.AUDIENCE));
        for (NamespaceName name : namespaces) {
            text.append(String.format(Locale.ROOT, """
                      %s:
                        trust-bundle: %s/ca.pem
                        jwks: %s/jwks.json
                        issuer: %s
                    """.indent(0), key(name.value()), name, name, name.issuer()));
        }
        return text.toString();
    }

    private static String key(String name) {
        return PLAIN.matcher(name).matches() && !WORDS.contains(name) ? name : '"' + name + '"';
    }
}
