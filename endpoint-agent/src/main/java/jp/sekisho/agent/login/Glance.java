package jp.sekisho.agent.login;

import java.util.OptionalInt;
import jp.sekisho.agent.login.CardDesk.Look;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;
import org.jspecify.annotations.Nullable;

/**
 * What the login page may know of reader and card before a login. A staff reader's card is asked
 * once per stay, however often the page asks; a shared reader's card never.
 */
final class Glance {
  /**
   * @param problem what stands in the way; null when nothing does
   */
  record Seen(@Nullable Refusal problem, @Nullable String reader, @Nullable Integer triesLeft) {}

  private record Asked(Stay stay, Seen seen) {}

  private final CardDesk desk;
  private final LoginCards cards;
  private volatile @Nullable Asked asked;

  Glance(CardDesk desk, LoginCards cards) {
    this.desk = desk;
    this.cards = cards;
  }

  /** A login changed what the card would say. */
  void forget() {
    asked = null;
  }

  /** Names and presence only; nothing is sent to a card. */
  Seen names() {
    Look look = desk.look();
    return look instanceof Look.Absent absent
        ? new Seen(absent.reason(), absent.reader(), null)
        : new Seen(null, ((Look.Present) look).stay().reader(), null);
  }

  /** As {@link #names}, and a staff reader's card is asked for its tries. */
  Seen look() {
    Look look = desk.look();
    if (!(look instanceof Look.Present present) || present.stay().shared()) {
      return names();
    }
    Asked before = asked;
    if (before != null && before.stay().equals(present.stay())) {
      return before.seen();
    }
    Seen seen = ask(present.stay());
    asked = new Asked(present.stay(), seen);
    return seen;
  }

  private Seen ask(Stay stay) {
    PromptScope closed = new PromptScope();
    closed.close();
    try (LoginCards.Found found = cards.find(stay, closed)) {
      if (found.reading() instanceof LoginCard.Reading.No no) {
        return new Seen(no.reason(), stay.reader(), null);
      }
      OptionalInt tries = ((LoginCard.Reading.Present) found.reading()).tries();
      Refusal problem = tries.equals(OptionalInt.of(0)) ? Refusal.PIN_BLOCKED : null;
      return new Seen(problem, stay.reader(), tries.isPresent() ? tries.getAsInt() : null);
    } catch (CardException e) {
      return new Seen(CardRefusals.of(e.failure()), stay.reader(), null);
    }
  }
}
