package io.rollcall.adminui.signin;

/**
 * What the sign-in page shows.
 *
 * @param next the page to open afterwards
 * @param user the name typed before, or nothing
 * @param refusal why the last try failed, or nothing
 */
public record SignInForm(String next, String user, String refusal) {}
