package io.rollcall.adminui.signin;

/**
 * The content of the sign-in page.
 *
 * @param next the page to open afterwards
 * @param user the name entered before; may be empty
 * @param refusal why the last attempt failed; may be empty
 */
public record SignInForm(String next, String user, String refusal) {}
