package io.rollcall.server.testing;

import io.rollcall.devcerts.Credential;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows the same certificates whoever asks, whether they belong together or not: a key store takes no chain that does
 * not hold.
 */
public final class ShownChain extends X509ExtendedKeyManager {
    private static final String ALIAS = "me";

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    private ShownChain(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = chain;
    }

    /** @param others come after the credential's own certificate */
    public static ShownChain of(Credential credential, X509Certificate... others) {
        return new ShownChain(
                credential.key(),
                Stream.concat(Stream.of(credential.certificate()), Arrays.stream(others))
                        .toList());
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        throw new UnsupportedOperationException("clients only");
    }
}
