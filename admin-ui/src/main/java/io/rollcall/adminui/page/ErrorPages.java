package io.rollcall.adminui.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers errors with a page or JSON; a stack trace goes to the log, never to a browser. */
public final class ErrorPages {

    private static final Logger log = LoggerFactory.getLogger(ErrorPages.class);

    private final Pages pages;

    public ErrorPages(Pages pages) {
        this.pages = pages;
    }

    public void register(RoutesConfig routes) {
        routes.exception(
                HttpResponseException.class,
                (refused, ctx) -> answer(ctx, HttpStatus.forStatus(refused.getStatus()), sentence(refused)));
        routes.exception(Exception.class, (failure, ctx) -> {
            log.error("{} {} failed", ctx.method(), ctx.path(), failure);
            answer(ctx, HttpStatus.INTERNAL_SERVER_ERROR, "The gateway's log says what went wrong.");
        });
    }

    private void answer(Context ctx, HttpStatus status, String message) {
        if (Problem.isJson(ctx)) {
            Problem.json(ctx, status, message);
        } else {
            ctx.status(status);
            pages.error(ctx, new ErrorReport(status.getCode(), heading(status), message));
        }
    }

    private static String heading(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "There is no such page";
            case FORBIDDEN -> "Refused";
            case INTERNAL_SERVER_ERROR -> "Something broke";
            default -> status.getMessage();
        };
    }

    /** Returns the message, but not Javalin's "Endpoint GET /x not found", which only repeats the heading. */
    private static String sentence(HttpResponseException refused) {
        String message = refused.getMessage();
        return message == null || message.startsWith("Endpoint ") ? "Nothing is served at this address." : message;
    }
}
