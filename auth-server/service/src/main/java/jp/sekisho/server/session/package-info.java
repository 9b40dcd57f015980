/**
 * Web sessions: what a person gets for card and PIN, and every way to lose it.
 *
 * <p>For most uses: {@link jp.sekisho.server.session.Sessions#resolve} says what a cookie is worth
 * now. A session lives 12 hours at most, is suspended when its card leaves, its terminal falls
 * silent or nothing was done for 15 minutes, resumes with the same person's card and PIN on the
 * same terminal, and ends 30 minutes after a suspension. The clock decides at every call; a sweeper
 * only writes down what the clock decided already.
 *
 * <p>Trusted: the clock and the key of {@link jp.sekisho.server.storage.RowSeal}. Not trusted: the
 * database, whose rows are sealed; a row that fails its seal is refused, logged and never used. Not
 * noticed here: an older state of the same row put back with its seal.
 */
@NullMarked
package jp.sekisho.server.session;

import org.jspecify.annotations.NullMarked;
