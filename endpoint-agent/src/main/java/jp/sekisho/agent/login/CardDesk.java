package jp.sekisho.agent.login;

import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;
import org.jspecify.annotations.Nullable;

/** The readers of this terminal that may be touched, and the cards in them. Thread-safe. */
public interface CardDesk {
  /**
   * One stay of a card in a reader: out and in again is another stay.
   *
   * @param reader PC/SC name
   * @param counter the reader's event counter at the insertion
   * @param shared whether the reader also serves residents: then it is connected only while our
   *     prompt is open
   */
  record Stay(String reader, int counter, boolean shared) {}

  /** What is there now, without any command to a card. */
  sealed interface Look {
    /** A card is in a reader that may be touched. */
    record Present(Stay stay) implements Look {}

    /**
     * None is.
     *
     * @param reason NO_READER, NO_CARD or CARD_SERVICE_DOWN
     * @param reader the reader that is empty; null without one
     */
    record Absent(Refusal reason, @Nullable String reader) implements Look {}
  }

  /** Looks at the readers; staff readers come before shared ones. */
  Look look();

  /** The cards in readers that may be touched, those of staff readers first; none of them asked. */
  List<Stay> cards();

  /** Connects the card of a stay; a shared reader only while {@code prompt} is open. */
  CardChannel connect(Stay stay, PromptScope prompt) throws CardException;

  /**
   * Whether this terminal has two readers or more, each of them for staff: only there may a My
   * Number card log somebody in (a resident's card never comes near our prompt). False also when
   * nobody can tell.
   */
  boolean servesStaffOnly();

  /** Whether that card is still there, and no other in any reader that may be touched. */
  boolean isOnlyCard(Stay stay);

  /** Whether that card has been there since. */
  boolean isStill(Stay stay);

  /**
   * Calls {@code listener} with the reader's name when a card is gone: taken out, its reader
   * unplugged, or the card service down. On the watching thread: it must return at once.
   */
  void onGone(Consumer<String> listener);
}
