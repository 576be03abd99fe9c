package io.rollcall.adminui.signin;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The page to open after sign-in: always one of this console, whatever the request says. */
final class NextPage {

    private static final String OVERVIEW = "/";

    /** One slash, followed by neither a second one (another host) nor a backslash (which browsers treat as a slash). */
    private static final Pattern LOCAL_PATH = Pattern.compile("/(?!/)[A-Za-z0-9._~%/-]{0,200}");

    private NextPage() {}

    static String of(@Nullable String wanted) {
        if (wanted == null
                || !LOCAL_PATH.matcher(wanted).matches()
                || wanted.startsWith("/api/")
                || wanted.startsWith(Guard.SIGN_IN)
                || wanted.equals("/signout")) {
            return OVERVIEW;
        }
        return wanted;
    }
}
