package io.rollcall.adminui.signin;

import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.adminui.ConsoleAudit.Refused;
import io.rollcall.adminui.https.ClientConnection;
import io.rollcall.adminui.https.ClientNetwork;
import io.rollcall.adminui.page.Formats;
import io.rollcall.adminui.page.Pages;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs users in and out. Each sign-in begins a new session, so an id known before is useless afterwards. */
public final class SignInPage {

    private static final Logger log = LoggerFactory.getLogger(SignInPage.class);
    private static final int LONGEST_NAME = 64;

    private final Administrator administrator;
    private final Sessions sessions;
    private final SignInLimiter limiter;
    private final Pages pages;
    private final ConsoleAudit audit;

    public SignInPage(Administrator administrator, Sessions sessions, Ticker ticker, Pages pages, ConsoleAudit audit) {
        this.administrator = administrator;
        this.sessions = sessions;
        this.limiter = new SignInLimiter(ticker);
        this.pages = pages;
        this.audit = audit;
    }

    public void register(RoutesConfig routes) {
        routes.get(Guard.SIGN_IN, this::form);
        routes.post(Guard.SIGN_IN, this::signIn);
        routes.post("/signout", this::signOut);
    }

    private void form(Context ctx) {
        String next = NextPage.of(ctx.queryParam("next"));
        if (ctx.attribute(Session.ATTRIBUTE) != null) {
            ctx.redirect(next, HttpStatus.SEE_OTHER);
            return;
        }
        show(ctx, new SignInForm(next, "", ""));
    }

    private void signIn(Context ctx) {
        String user = cut(ctx.formParam("user"));
        String password = text(ctx.formParam("password"));
        String next = NextPage.of(ctx.formParam("next"));
        // The socket's address: clients can forge a header such as X-Forwarded-For.
        String address = ctx.req().getRemoteAddr();

        String network = ClientNetwork.of(address);
        Optional<Duration> wait = limiter.attempt(network);
        if (wait.isPresent()) {
            audit.signInRefused(known(user), address, Refused.TOO_MANY_ATTEMPTS);
            refuseForNow(ctx, new SignInForm(next, user, ""), wait.get());
            return;
        }
        boolean verified;
        try {
            verified = administrator.verify(user, password, limiter.isKnown(network));
        } catch (PasswordHasher.Busy e) {
            limiter.takeBack(network);
            audit.signInRefused(known(user), address, Refused.TOO_BUSY);
            ctx.status(HttpStatus.SERVICE_UNAVAILABLE).header("Retry-After", "5");
            show(ctx, new SignInForm(next, user, "Too many sign-ins at once. Try again in a few seconds."));
            return;
        }
        if (!verified) {
            log.warn("Sign-in to the console refused, from {}", address);
            audit.signInRefused(known(user), address, Refused.WRONG_PASSWORD);
            ctx.status(HttpStatus.UNAUTHORIZED);
            show(ctx, new SignInForm(next, user, "User name or password is wrong."));
            return;
        }
        limiter.succeeded(network);
        sessions.end(SessionCookie.read(ctx));
        SessionCookie.set(ctx, sessions.begin(user));
        ClientConnection.of(ctx.req()).trust();
        log.info("{} signed in to the console, from {}", user, address);
        audit.signedIn(user, address);
        ctx.redirect(next, HttpStatus.SEE_OTHER);
    }

    private void refuseForNow(Context ctx, SignInForm form, Duration wait) {
        long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        ctx.status(HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", Long.toString(seconds));
        String refusal =
                "Too many failed sign-ins. Try again in " + Formats.duration(Duration.ofSeconds(seconds)) + ".";
        show(ctx, new SignInForm(form.next(), form.user(), refusal));
    }

    private void signOut(Context ctx) {
        Session session = Session.of(ctx);
        sessions.end(session.id());
        audit.signedOut(session.user(), ctx.req().getRemoteAddr());
        SessionCookie.clear(ctx);
        ctx.redirect(Guard.SIGN_IN, HttpStatus.SEE_OTHER);
    }

    private void show(Context ctx, SignInForm form) {
        pages.plain(ctx, "Sign in", "signin.jte", form);
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** Returns a known user's name, else empty: an unknown name may be a password in the wrong field. */
    private static String known(String user) {
        return Administrator.USER.equals(user) ? user : "";
    }

    private static String cut(@Nullable String name) {
        String value = text(name).strip();
        return value.substring(0, Math.min(value.length(), LONGEST_NAME));
    }
}
