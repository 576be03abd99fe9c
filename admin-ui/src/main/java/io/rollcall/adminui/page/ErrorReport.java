package io.rollcall.adminui.page;

/** What an error page says. */
public record ErrorReport(int status, String heading, String message) {}
