package io.rollcall.server;

import io.rollcall.adminui.AdminConsole;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.OwnerOnly;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.identity.TrustPolicyLoader;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NamespaceQuotas;
import io.rollcall.server.namespace.Quotas;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.reload.Reloader;
import io.rollcall.server.transport.GrpcEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of the gateway takes changed material, put together for the {@link Reloader}. */
record ReloadedParts(
        TrustPolicyLoader loader,
        TrustPolicies policies,
        Registry registry,
        NamespaceQuotas quotas,
        GrpcEndpoint endpoint,
        AdminConsole console)
        implements Reloader.Parts {
    private static final Logger log = LoggerFactory.getLogger(ReloadedParts.class);

    @Override
    public boolean take(IdentityConfig config, NamespaceConfig namespace) {
        boolean isTaken = loader.take(config, namespace);
        if (isTaken) {
            registry.serve(namespace.name());
        }
        return isTaken;
    }

    /** Its members first: they are refused before there is nothing they could ask about. */
    @Override
    public void drop(NamespaceName namespace) {
        loader.drop(namespace);
        registry.unserve(namespace);
    }

    @Override
    public void replaceQuotas(Map<NamespaceName, Quotas> changed) {
        quotas.replace(changed);
    }

    @Override
    public void fetch() {
        loader.fetchKeys();
    }

    /** The nodes' port checks the files; the console, which does less, takes them only then. */
    @Override
    public void showCertificate(Path certificate, Path key) throws IOException {
        OwnerOnly.exposure(key).ifPresent(log::warn);
        Runnable endpointTakesIt = endpoint.prepare(certificate, key);
        console.renew(certificate, key);
        endpointTakesIt.run();
    }

    @Override
    public void logLevel(String level) {
        LogLevel.set(level);
    }

    @Override
    public Optional<Instant> revocationListDue(NamespaceName namespace) {
        return policies.revocationListDue(namespace);
    }

    @Override
    public Instant certificateEnd() {
        return endpoint.certificateEnd();
    }
}
