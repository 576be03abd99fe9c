package io.rollcall.devcerts;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One namespace: its CA, its token key, and the members with files.
 *
 * <p>Reading a member while another process renews it can pair a new key with an old certificate for an instant.
 */
public final class DevNamespace {
    /** The operator of every namespace. */
    public static final String OPERATOR = "admin";

    private static final Pattern NODE_DIRECTORY = Pattern.compile("node-([1-9][0-9]{0,9})");

    private final Folder folder;
    private final NamespaceName name;
    private final CertificateIssuer issuer;
    private final TokenIssuer tokens;
    private final Clock clock;

    DevNamespace(Folder folder, NamespaceName name, CertificateIssuer issuer, TokenIssuer tokens, Clock clock) {
        this.folder = folder;
        this.name = name;
        this.issuer = issuer;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Returns its name. */
    public NamespaceName name() {
        return name;
    }

    /** Returns its CA. */
    public CertificateIssuer issuer() {
        return issuer;
    }

    /** Returns its token issuer. */
    public TokenIssuer tokens() {
        return tokens;
    }

    /** Returns the usual certificate spec of a node. */
    public CertificateSpec nodeSpec(int id) {
        return CertificateSpec.client("O=" + name + ",CN=node-" + id, name.node(id));
    }

    /** Returns the usual certificate spec of an operator. */
    public CertificateSpec operatorSpec(String operator) {
        return CertificateSpec.client("O=" + name + ",CN=operator-" + operator, name.operator(operator));
    }

    /** Creates a certificate with its token, in memory only. */
    public Member mint(CertificateSpec spec) {
        Credential credential = issuer.certificate(spec);
        return new Member(credential, tokens.token(tokens.specFor(credential.certificate())));
    }

    /** Returns the directory of a node's {@code cert.pem}, {@code key.pem} and {@code token.jwt}. */
    public Path nodeDirectory(int id) {
        return folder.path(node(name, id));
    }

    /** Returns the directory of the operator's files. */
    public Path operatorDirectory() {
        return folder.path(operator(name));
    }

    /** @throws DevCertsException if the node has no files */
    public Member node(int id) {
        return load(node(name, id));
    }

    /** @throws DevCertsException if the operator has no files */
    public Member operator() {
        return load(operator(name));
    }

    /** Renews the public files and all members where needed. */
    void renew(NavigableSet<Integer> nodes) {
        folder.publish(name + "/ca.pem", Pem.of(issuer.authority()));
        folder.publish(name + "/jwks.json", tokens.jwks());
        renew(operator(name), operatorSpec(OPERATOR));
        for (int id : nodes) {
            renew(node(name, id), nodeSpec(id));
        }
    }

    /** Returns the nodes of a namespace that have a directory. */
    static NavigableSet<Integer> nodes(Folder folder, NamespaceName name) {
        NavigableSet<Integer> ids = new TreeSet<>();
        for (String directory : folder.directories(name.value())) {
            var matcher = NODE_DIRECTORY.matcher(directory);
            if (matcher.matches() && Long.parseLong(matcher.group(1)) <= Integer.MAX_VALUE) {
                ids.add(Integer.valueOf(matcher.group(1)));
            }
        }
        return ids;
    }

    private Member load(String directory) {
        Credential credential = new CredentialFiles(folder, directory + "/").load();
        return new Member(credential, folder.need(directory + "/token.jwt").strip());
    }

    private void renew(String directory, CertificateSpec spec) {
        Credential credential = new CredentialFiles(folder, directory + "/").renew(spec, issuer, clock);
        String file = directory + "/token.jwt";
        if (!serves(folder.read(file), credential.certificate())) {
            folder.hide(file, tokens.token(tokens.specFor(credential.certificate())) + "\n");
        }
    }

    /** Returns whether the token is still valid and bound to this certificate. */
    private boolean serves(@Nullable String token, X509Certificate certificate) {
        if (token == null) {
            return false;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token.strip());
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Date end = claims.getExpirationTime();
            return jwt.verify(new ECDSAVerifier(tokens.publicKey()))
                    && end != null
                    && CredentialFiles.lasts(end.toInstant(), clock)
                    && Map.of("x5t#S256", Credential.thumbprint(certificate)).equals(claims.getClaim("cnf"));
        } catch (ParseException | JOSEException e) {
            return false; // not a token made here
        }
    }

    private static String node(NamespaceName name, int id) {
        return name + "/node-" + id;
    }

    private static String operator(NamespaceName name) {
        return name + "/operator-" + OPERATOR;
    }
}
