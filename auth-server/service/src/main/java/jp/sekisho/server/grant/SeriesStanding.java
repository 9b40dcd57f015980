package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a series (定例許可) was approved for is still so: at least one of those who use it and
 * who approved it hold a post and a card, the terminal is at work, the medium registered. What is
 * not so any more ends the series for good. Thread-safe.
 */
final class SeriesStanding {
  private final CardStanding people;
  private final Terminals terminals;
  private final Media media;
  private final Limits limits;

  SeriesStanding(CardStanding people, Terminals terminals, Media media, Limits limits) {
    this.people = people;
    this.terminals = terminals;
    this.media = media;
    this.limits = limits;
  }

  /** What is not as it was any more. */
  enum Broken {
    /** Nobody who uses it has a post in the 機関 and a card that is in force. */
    PERSON(Refusal.GRANT_PERSON),
    TERMINAL(Refusal.GRANT_TERMINAL),
    MEDIUM(Refusal.GRANT_MEDIUM),
    /** Who approved it has no post there, or the card that did is not in force or not listed. */
    APPROVER(Refusal.APPROVER_UNLISTED);

    private final Refusal refusal;

    Broken(Refusal refusal) {
      this.refusal = refusal;
    }

    /** What an occurrence is refused with. */
    Refusal refusal() {
      return refusal;
    }

    /** The word in the log. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What ends an approved series at {@code at}; null when nothing does. */
  @Nullable Broken broken(Handle handle, Dossier series, Instant at) {
    ExportGrant text = series.request().text();
    Turn turn = series.request().turn();
    List<String> people = turn == null ? List.of(text.person()) : turn.series().people();
    if (people.stream().noneMatch(person -> isAble(handle, person, text.organ(), at))) {
      return Broken.PERSON;
    }
    boolean terminal =
        terminals
            .find(handle, text.terminal())
            .filter(t -> t.state() == Terminal.State.ACTIVE && t.organ().equals(text.organ()))
            .isPresent();
    if (!terminal) {
      return Broken.TERMINAL;
    }
    String id = text.medium();
    boolean medium =
        id != null
            && media
                .find(handle, id)
                .filter(m -> m.usable() && m.fingerprint().equals(text.fingerprint()))
                .isPresent();
    if (!medium) {
      return Broken.MEDIUM;
    }
    return approved(handle, series, at) ? null : Broken.APPROVER;
  }

  private boolean approved(Handle handle, Dossier series, Instant at) {
    Grant grant = series.grant();
    String approver = series.request().decidedBy();
    String organ = series.request().organ();
    return grant != null
        && approver != null
        && people.stands(handle, approver, grant.spki(), organ, at)
        // A policy that expired stops occurrences until the next one; it ends no series.
        && limits.approver(handle, organ, approver, grant.spki(), false)
            != Refusal.APPROVER_UNLISTED;
  }

  /** Whether a person has a post in the 機関 and a card that is in force. */
  boolean isAble(Handle handle, String person, String organ, Instant at) {
    return people.isAble(handle, person, organ, at);
  }
}
