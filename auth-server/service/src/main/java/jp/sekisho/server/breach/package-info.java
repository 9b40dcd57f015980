/**
 * Cases of 漏えい等 that are to be reported to the 個人情報保護委員会 (ADR 0055): nine items, and the days until
 * 速報 and 確報.
 *
 * <p>{@link jp.sekisho.server.breach.ReportClock} says which days those are. Free text stays in the
 * sealed row; the log holds its hash.
 */
@NullMarked
package jp.sekisho.server.breach;

import org.jspecify.annotations.NullMarked;
