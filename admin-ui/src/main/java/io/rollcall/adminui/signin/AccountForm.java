package io.rollcall.adminui.signin;

/**
 * The content of the account page.
 *
 * @param csrf the session's token
 * @param generated whether the password is still the generated one
 * @param shortest the minimum length of a password
 * @param refusal why the last change failed; may be empty
 */
public record AccountForm(String user, String csrf, boolean generated, int shortest, String refusal) {}
