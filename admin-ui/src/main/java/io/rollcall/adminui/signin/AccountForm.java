package io.rollcall.adminui.signin;

/**
 * What the account page shows.
 *
 * @param csrf the session's token
 * @param generated whether the password is still the generated one
 * @param shortest characters a password must have
 * @param refusal why the last change failed, or nothing
 */
public record AccountForm(String user, String csrf, boolean generated, int shortest, String refusal) {}
