package io.rollcall.server.audit;

/** Where in the sorting of a file or in the deletion of old lines something may end it; each leaves the log whole. */
enum SortingStep {
    /** The lines stand in the records' files, under names that do not count yet. */
    WRITTEN,
    /** They have their names. */
    RENAMED,
    /** The log states what the records hold. */
    STATED,
    /** The sorted file is deleted. */
    DELETED,
    /** The log states which lines are about to be deleted. */
    CUT_STATED,
    /** They are. */
    CUT
}
