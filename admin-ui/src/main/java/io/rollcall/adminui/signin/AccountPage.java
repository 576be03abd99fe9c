package io.rollcall.adminui.signin;

import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.adminui.ConsoleAudit.Refused;
import io.rollcall.adminui.page.Formats;
import io.rollcall.adminui.page.Pages;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page to change the administrator's password; this ends every other session. */
public final class AccountPage {

    private static final Logger log = LoggerFactory.getLogger(AccountPage.class);

    private static final String CHANGE = "change-password";

    private final Administrator administrator;
    private final Sessions sessions;
    private final SignInLimiter limiter;
    private final Pages pages;
    private final ConsoleAudit audit;

    public AccountPage(Administrator administrator, Sessions sessions, Ticker ticker, Pages pages, ConsoleAudit audit) {
        this.administrator = administrator;
        this.sessions = sessions;
        this.limiter = new SignInLimiter(ticker);
        this.pages = pages;
        this.audit = audit;
    }

    public void register(RoutesConfig routes) {
        routes.get("/account", ctx -> show(ctx, ""));
        routes.post("/account", this::change);
    }

    private void change(Context ctx) throws IOException {
        Session session = Session.of(ctx);
        String wanted = text(ctx.formParam("new_password"));
        Optional<String> refusal = refusal(ctx, session, wanted);
        if (refusal.isPresent()) {
            ctx.status(HttpStatus.UNPROCESSABLE_CONTENT);
            show(ctx, refusal.get());
            return;
        }
        String address = ctx.req().getRemoteAddr();
        try {
            audit.act(session.user(), address, CHANGE);
        } catch (IOException e) {
            log.error("{} could not change the console's password: it cannot be put on record", session.user(), e);
            ctx.status(HttpStatus.SERVICE_UNAVAILABLE);
            show(ctx, "The password is as before: the gateway cannot put changes on record now. Its log says why.");
            return;
        }
        try {
            administrator.changePassword(wanted);
        } catch (IOException e) {
            audit.actionRefused(session.user(), address, CHANGE, Refused.FAILED);
            throw e;
        }
        sessions.endAll();
        Session fresh = sessions.begin(session.user());
        SessionCookie.set(ctx, fresh);
        log.info("{} changed the console's password", session.user());
        ctx.redirect("/account", HttpStatus.SEE_OTHER);
    }

    private Optional<String> refusal(Context ctx, Session session, String wanted) {
        if (wanted.length() < Administrator.SHORTEST || wanted.length() > Administrator.LONGEST) {
            return Optional.of("The new password needs " + Administrator.SHORTEST + " to " + Administrator.LONGEST
                    + " characters; this one has " + wanted.length() + ".");
        }
        if (!wanted.equals(ctx.formParam("new_password_again"))) {
            return Optional.of("The two new passwords differ.");
        }
        // A stolen session must not allow guessing the password quickly either, from any number of addresses.
        Optional<Duration> wait = limiter.attempt(session.id());
        if (wait.isPresent()) {
            audit.actionRefused(session.user(), ctx.req().getRemoteAddr(), CHANGE, Refused.TOO_MANY_ATTEMPTS);
            return Optional.of("Too many wrong passwords. Try again in " + Formats.duration(wait.get()) + ".");
        }
        if (!administrator.verify(session.user(), text(ctx.formParam("password")), true)) {
            audit.actionRefused(session.user(), ctx.req().getRemoteAddr(), CHANGE, Refused.WRONG_PASSWORD);
            return Optional.of("The current password is wrong.");
        }
        limiter.succeeded(session.id());
        return Optional.empty();
    }

    private void show(Context ctx, String refusal) {
        Session session = Session.of(ctx);
        boolean generated = administrator.passwordFile().isPresent();
        pages.still(
                ctx,
                "Account",
                "account.jte",
                new AccountForm(session.user(), session.csrf(), generated, Administrator.SHORTEST, refusal));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
