package io.rollcall.adminui.page;

/**
 * A page that keeps itself up to date.
 *
 * @param title of the browser tab
 * @param active its entry in the navigation: {@code overview}, or a namespace's name after {@code ns:}
 * @param events the stream that signals when to refresh
 * @param revision the revision shown
 * @param template of its content
 * @param model the data of the template
 */
public record View(String title, String active, String events, long revision, String template, Object model) {}
