package io.rollcall.devcerts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory of development certificates and tokens.
 *
 * <pre>
 * DIR/gateway.yaml                         a configuration that runs with these files
 * DIR/.issuer/                             the private issuers
 * DIR/gateway/cert.pem key.pem ca.pem      the server's certificate, and the CA that clients trust
 * DIR/alpha/ca.pem jwks.json               a namespace's trust bundle and token keys (public)
 * DIR/alpha/node-1/cert.pem key.pem token.jwt
 * DIR/alpha/operator-admin/cert.pem key.pem token.jwt
 * </pre>
 *
 * <p>To make them, {@code DevCerts.in(dir).issue(NodeRange.parse("alpha:1-5"))}. To mint other credentials, for tests
 * of what the gateway refuses:
 *
 * <pre>{@code
 * DevNamespace alpha = DevCerts.open(dir).namespace("alpha");
 * Credential expired = alpha.issuer().certificate(alpha.nodeSpec(7).validity(lastYear, yesterday));
 * String unbound = alpha.tokens().token(alpha.tokens().specFor(expired.certificate()).unbound());
 * }</pre>
 *
 * <p>Everything is valid for 30 days and uses P-256 and ES256. Methods that access files throw {@link
 * DevCertsException} with a sentence. Needs a POSIX file system. Instances are stateless and thread-safe; runs of
 * {@link #issue} on one machine wait for each other.
 */
public final class DevCerts {
    /** The organizational unit in the subject of every CA made here, by which a production gateway detects it. */
    public static final String DEVELOPMENT_MARK = "Rollcall development";

    /** The trust domain of every SPIFFE ID made here. */
    public static final String TRUST_DOMAIN = "rollcall.dev";

    /** The {@code aud} of every token made here. */
    public static final String AUDIENCE = "rollcall-gateway";

    private final Path dir;
    private final Clock clock;

    private DevCerts(Path dir, Clock clock) {
        this.dir = dir.toAbsolutePath().normalize();
        this.clock = clock;
    }

    /** Returns a directory to {@link #issue} into; it may not exist yet. */
    public static DevCerts in(Path dir) {
        return in(dir, Clock.systemUTC());
    }

    /** Returns a directory to issue into, with another clock. */
    public static DevCerts in(Path dir, Clock clock) {
        return new DevCerts(dir, clock);
    }

    /** Opens a directory filled by an earlier run. @throws DevCertsException if there is none */
    public static DevCerts open(Path dir) {
        DevCerts certs = in(dir);
        if (!Files.isDirectory(certs.dir.resolve(IssuerFiles.DIRECTORY))) {
            throw new DevCertsException("No development certificates in " + dir + ": run scripts/dev-certs " + dir);
        }
        return certs;
    }

    /** As {@link #issue(Collection)}. */
    public List<Path> issue(NodeRange... ranges) {
        return issue(List.of(ranges));
    }

    /**
     * Creates missing files of these nodes, and renews everything in the directory that expires within a day: a
     * certificate always together with its token. Existing namespaces and nodes are kept.
     *
     * @return the files written; empty if everything was valid
     * @throws IllegalArgumentException if a namespace would have more than {@value NodeRange#MOST_NODES} nodes
     * @throws DevCertsException for files that cannot be read or written, or were not made by dev-certs
     */
    public List<Path> issue(Collection<NodeRange> ranges) {
        refuseForeignFiles(ranges);
        return FolderLock.whileHeld(dir, () -> renew(ranges));
    }

    /** Returns the absolute path of the directory. */
    public Path dir() {
        return dir;
    }

    /** Returns the file of the gateway's configuration. */
    public Path configuration() {
        return dir.resolve(GatewayYaml.FILE);
    }

    /** Returns the existing namespaces, ordered by name. */
    public List<NamespaceName> namespaces() {
        return new IssuerFiles(new Folder(dir), clock).namespaces();
    }

    /** Returns how many nodes of a namespace have files. */
    public int nodes(NamespaceName name) {
        return DevNamespace.nodes(new Folder(dir), name).size();
    }

    /** @throws DevCertsException if the directory has no such namespace */
    public DevNamespace namespace(String name) {
        Folder folder = new Folder(dir);
        IssuerFiles issuers = new IssuerFiles(folder, clock);
        NamespaceName namespace = new NamespaceName(name);
        return new DevNamespace(folder, namespace, issuers.certificates(name), issuers.tokens(namespace), clock);
    }

    /** Returns the CA of the server's certificate, which clients trust. */
    public CertificateIssuer serverIssuer() {
        return new IssuerFiles(new Folder(dir), clock).certificates(NamespaceName.RESERVED);
    }

    /** Returns the server's certificate. */
    public Credential server() {
        return serverFiles(new Folder(dir)).load();
    }

    private List<Path> renew(Collection<NodeRange> ranges) {
        Folder folder = new Folder(dir);
        IssuerFiles issuers = new IssuerFiles(folder, clock);
        NavigableMap<NamespaceName, NavigableSet<Integer>> nodes = plan(folder, issuers, ranges);

        CertificateIssuer server = issuers.renewCertificates(NamespaceName.RESERVED);
        folder.publish("gateway/ca.pem", Pem.of(server.authority()));
        serverFiles(folder).renew(CertificateSpec.server("CN=Rollcall development gateway"), server, clock);
        nodes.forEach((name, ids) -> new DevNamespace(
                        folder, name, issuers.renewCertificates(name.value()), issuers.renewTokens(name), clock)
                .renew(ids));
        // Last, so that a configuration never names missing files.
        folder.publish(GatewayYaml.FILE, GatewayYaml.of(nodes.keySet()));
        return folder.written();
    }

    private static CredentialFiles serverFiles(Folder folder) {
        return new CredentialFiles(folder, "gateway/");
    }

    /** Returns all existing and requested nodes, by namespace. */
    private static NavigableMap<NamespaceName, NavigableSet<Integer>> plan(
            Folder folder, IssuerFiles issuers, Collection<NodeRange> ranges) {
        NavigableMap<NamespaceName, NavigableSet<Integer>> nodes = new TreeMap<>();
        issuers.namespaces().forEach(name -> nodes.put(name, DevNamespace.nodes(folder, name)));
        for (NodeRange range : ranges) {
            NavigableSet<Integer> ids =
                    nodes.computeIfAbsent(range.namespace(), name -> DevNamespace.nodes(folder, name));
            range.ids().forEach(ids::add);
            if (ids.size() > NodeRange.MOST_NODES) {
                throw NodeRange.tooMany(range.namespace(), ids.size());
            }
        }
        return nodes;
    }

    /** Protects real certificates from a mistyped directory. */
    private void refuseForeignFiles(Collection<NodeRange> ranges) {
        if (Files.exists(dir.resolve(IssuerFiles.DIRECTORY))) {
            return;
        }
        Stream<String> ours = Stream.concat(
                Stream.of(GatewayYaml.FILE, NamespaceName.RESERVED),
                ranges.stream().map(range -> range.namespace().value()));
        String foreign =
                ours.distinct().filter(name -> Files.exists(dir.resolve(name))).collect(Collectors.joining(", "));
        if (!foreign.isEmpty()) {
            throw new DevCertsException(dir + " holds files that dev-certs did not make (" + foreign
                    + "): choose another directory, or move them away");
        }
    }
}
