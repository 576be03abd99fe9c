package io.rollcall.adminui.signin;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where to go after sign-in: a page of this console, whatever the address bar says. */
final class NextPage {

    private static final String OVERVIEW = "/";

    /** One slash, then neither a second (another host) nor a backslash (which browsers read as one). */
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
