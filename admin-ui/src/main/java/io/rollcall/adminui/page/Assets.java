package io.rollcall.adminui.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The style sheet, scripts and icon, read once at start and served under a path that changes with their content, so
 * browsers may cache them forever.
 */
public final class Assets {

    private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";

    private static final String PATH = "/assets/{version}/{name}";

    private final Map<String, Asset> byName = new LinkedHashMap<>();
    private final String version;

    /** @throws IOException when one is missing from the class path */
    public Assets() throws IOException {
        add("console.css", "text/css; charset=utf-8", "/io/rollcall/adminui/assets/console.css");
        add("theme.js", "text/javascript; charset=utf-8", "/io/rollcall/adminui/assets/theme.js");
        add("live.js", "text/javascript; charset=utf-8", "/io/rollcall/adminui/assets/live.js");
        add("icon.svg", "image/svg+xml", "/io/rollcall/adminui/assets/icon.svg");
        add("htmx.js", "text/javascript; charset=utf-8", HTMX);
        version = digest();
    }

    public void register(RoutesConfig routes) {
        routes.get(PATH, this::serve);
        // Javalin would answer HEAD by itself, with 200 for missing files.
        routes.head(PATH, this::serve);
    }

    /** Returns the path of an asset. */
    public String path(String name) {
        return "/assets/" + version + "/" + name;
    }

    private void serve(Context ctx) {
        Asset asset = byName.get(ctx.pathParam("name"));
        if (asset == null || !ctx.pathParam("version").equals(version)) {
            throw new NotFoundResponse("There is no such file; reload the page.");
        }
        ctx.header("Cache-Control", "public, max-age=31536000, immutable");
        ctx.contentType(asset.type()).result(asset.content());
    }

    private void add(String name, String type, String resource) throws IOException {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("not on the class path: " + resource);
            }
            byName.put(name, new Asset(type, in.readAllBytes()));
        }
    }

    private String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byName.values().forEach(asset -> sha256.update(asset.content()));
            return HexFormat.of().formatHex(sha256.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // private, and never compared
    private record Asset(String type, byte[] content) {}
}
