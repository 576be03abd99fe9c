package io.rollcall.client;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SPIFFE ID in a certificate: {@code spiffe://<trust-domain>/ns/<namespace>/node/<id>}, or {@code
 * …/operator/<name>}.
 *
 * @param nodeId empty for an operator
 */
record SpiffeId(String uri, String namespace, OptionalInt nodeId) {

    private static final Pattern FORM = Pattern.compile(
            "spiffe://[A-Za-z0-9._-]+/ns/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)/(node/([1-9][0-9]{0,9})|operator/[A-Za-z0-9._-]+)");
    /** GeneralName's tag of a URI, RFC 5280 §4.2.1.6. */
    private static final int URI_NAME = 6;

    static SpiffeId parse(String uri) {
        Matcher form = FORM.matcher(uri);
        if (!form.matches()) {
            throw new CredentialsException("the certificate names '" + uri
                    + "' (expected: spiffe://<trust-domain>/ns/<namespace>/node/<id> or …/operator/<name>)");
        }
        String id = form.group(3);
        if (id != null && Long.parseLong(id) > Integer.MAX_VALUE) {
            throw new CredentialsException("the certificate's node id is " + id + " (expected: 1..2147483647)");
        }
        return new SpiffeId(
                uri, form.group(1), id == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(id)));
    }

    static SpiffeId of(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            throw new CredentialsException("the certificate's subject alternative names cannot be read", e);
        }
        List<String> uris = names == null
                ? List.of()
                : names.stream()
                        .filter(name -> Integer.valueOf(URI_NAME).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
        if (uris.size() != 1) {
            throw new CredentialsException(
                    "the certificate has " + uris.size() + " URI names (expected: exactly one, a SPIFFE ID)");
        }
        return parse(uris.get(0));
    }
}
