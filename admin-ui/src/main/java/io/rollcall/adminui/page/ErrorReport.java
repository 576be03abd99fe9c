package io.rollcall.adminui.page;

/** The content of an error page. */
public record ErrorReport(int status, String heading, String message) {}
