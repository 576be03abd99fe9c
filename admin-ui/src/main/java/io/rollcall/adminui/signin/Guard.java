package io.rollcall.adminui.signin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.adminui.ConsoleAudit.Refused;
import io.rollcall.adminui.https.ClientConnection;
import io.rollcall.adminui.page.PageUser;
import io.rollcall.adminui.page.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks every request: without a session only assets, the sign-in page and the paths that need none are served, and
 * requests caused by another site change nothing.
 *
 * <p>A request that changes something must come from a page of this origin (Fetch Metadata, or the Origin header from
 * browsers without it) and, inside a session, carry the session's token.
 */
public final class Guard {

    static final String SIGN_IN = "/signin";
    private static final Set<HandlerType> SAFE = Set.of(HandlerType.GET, HandlerType.HEAD);

    private static final int HTTPS_PORT = 443;

    private final Sessions sessions;
    private final ConsoleAudit audit;
    private final Set<String> withoutSession;

    /** @param withoutSession paths for programs, which check their own credentials or need none */
    public Guard(Sessions sessions, ConsoleAudit audit, Set<String> withoutSession) {
        this.sessions = sessions;
        this.audit = audit;
        this.withoutSession = Set.copyOf(withoutSession);
    }

    public void register(RoutesConfig routes) {
        routes.before(this::check);
    }

    private void check(Context ctx) {
        if (ctx.path().startsWith("/assets/") || withoutSession.contains(ctx.path())) {
            return;
        }
        boolean unsafe = !SAFE.contains(ctx.method());
        if (unsafe && !isSameOrigin(ctx)) {
            refused(ctx, "", Refused.FOREIGN_ORIGIN);
            throw new ForbiddenResponse("This request did not come from a page of this console.");
        }
        String id = SessionCookie.read(ctx);
        Optional<Session> session = isByItself(ctx) ? sessions.peek(id) : sessions.use(id);
        session.ifPresent(found -> {
            ctx.attribute(Session.ATTRIBUTE, found);
            ClientConnection.of(ctx.req()).trust();
            new PageUser(found.user(), found.csrf()).enter(ctx);
        });
        if (ctx.path().equals(SIGN_IN)) {
            return;
        }
        if (session.isEmpty()) {
            turnAway(ctx);
        } else if (unsafe && !sameSecret(session.get().csrf(), ctx.formParam("csrf"))) {
            refused(ctx, session.get().user(), Refused.FOREIGN_SESSION);
            throw new ForbiddenResponse("This form is of another session: reload the page and send it again.");
        }
    }

    private void refused(Context ctx, String user, Refused reason) {
        audit.actionRefused(user, ctx.req().getRemoteAddr(), ctx.method() + " " + ctx.path(), reason);
    }

    /** Returns whether a page sent the request by itself, which is no sign of an active user. */
    private static boolean isByItself(Context ctx) {
        return isFragment(ctx) || ctx.path().endsWith("/events");
    }

    private static boolean isFragment(Context ctx) {
        return "true".equals(ctx.header("HX-Request"));
    }

    private static void turnAway(Context ctx) {
        String signIn = SIGN_IN + "?next=" + URLEncoder.encode(ctx.path(), StandardCharsets.UTF_8);
        if (isFragment(ctx)) {
            ctx.status(HttpStatus.UNAUTHORIZED).header("HX-Redirect", signIn);
        } else if (Problem.isJson(ctx)) {
            Problem.json(ctx, HttpStatus.UNAUTHORIZED, "Sign in first.");
        } else if (!isFromPerson(ctx)) {
            ctx.status(HttpStatus.UNAUTHORIZED)
                    .contentType("text/plain; charset=utf-8")
                    .result("Sign in first.\n");
        } else {
            ctx.redirect(SAFE.contains(ctx.method()) ? signIn : SIGN_IN, HttpStatus.SEE_OTHER);
        }
        ctx.skipRemainingHandlers();
    }

    /** Browsers ask for HTML. A program such as a prober would take the redirect to the sign-in page for success. */
    private static boolean isFromPerson(Context ctx) {
        String accept = ctx.header("Accept");
        return accept != null && accept.contains("text/html");
    }

    private static boolean isSameOrigin(Context ctx) {
        String fetchSite = ctx.header("Sec-Fetch-Site");
        if (fetchSite != null) {
            return fetchSite.equals("same-origin");
        }
        return ownOrigin(ctx).equals(ctx.header("Origin"));
    }

    /** Returns this origin from the server's name and port, as HTTP/2 has no Host header. */
    private static String ownOrigin(Context ctx) {
        int port = ctx.req().getServerPort();
        return "https://" + ctx.req().getServerName() + (port == HTTPS_PORT ? "" : ":" + port);
    }

    private static boolean sameSecret(String expected, @Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8));
    }
}
