package io.rollcall.server.audit;

/** The steps of sorting a file and of deleting old lines. The log is intact if the process ends after any of them. */
enum SortingStep {
    /** The lines are in the records' files, under temporary names. */
    WRITTEN,
    /** The files have their final names. */
    RENAMED,
    /** The log states what the records hold. */
    STATED,
    /** The sorted file is deleted. */
    DELETED,
    /** The log states which lines are about to be deleted. */
    CUT_STATED,
    /** These lines are deleted. */
    CUT
}
