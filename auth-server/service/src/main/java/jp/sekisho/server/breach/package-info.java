/**
 * Cases of 漏えい等 that are to be reported to the 個人情報保護委員会 (ADR 0055): nine items, and the days until
 * 速報 and 確報.
 *
 * <p>{@link jp.sekisho.server.breach.Breaches} takes the steps of people, {@link
 * jp.sekisho.server.breach.ReportClock} says which days those are, {@link
 * jp.sekisho.server.breach.BreachSweep} tells what is late, {@link
 * jp.sekisho.server.breach.BreachRegister} shows the cases. Every step and its entry are one unit;
 * a refused step is an entry too.
 *
 * <p>Nothing is sent to the Commission. Free text stays in the sealed row; the log holds its hash.
 */
@NullMarked
package jp.sekisho.server.breach;

import org.jspecify.annotations.NullMarked;
