package io.rollcall.adminui.page;

/**
 * A page that keeps itself up to date.
 *
 * @param title the browser tab's
 * @param active which entry of the navigation it belongs to: {@code overview}, or a namespace's name after {@code ns:}
 * @param events the stream that says when to fetch it again
 * @param revision what it shows
 * @param template of its content
 * @param model what the template reads
 */
public record View(String title, String active, String events, long revision, String template, Object model) {}
