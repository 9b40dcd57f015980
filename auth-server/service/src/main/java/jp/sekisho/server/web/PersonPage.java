package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.RefusalText;
import org.jspecify.annotations.Nullable;

/**
 * The page of one person with the card desk (窓口).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record PersonPage(Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param code of the refusal in {@code notice}; empty without one
   * @param notice why nothing else is shown; null when it is
   * @param done what was just done, in words; null on an ordinary visit
   * @param waits whether a further card of the person waits for a second word
   * @param deciders who could stand by when the PIN is reset: administrators and approvers of the
   *     機関 now, without the person
   */
  public record Content(
      String code,
      @Nullable RefusalText notice,
      @Nullable String done,
      String number,
      String name,
      List<Post> posts,
      List<Office> roles,
      List<Card> cards,
      List<Passkey> passkeys,
      List<TemporaryPage.Away> temporary,
      boolean waits,
      List<Decider> deciders) {
    public Content {
      posts = List.copyOf(posts);
      roles = List.copyOf(roles);
      cards = List.copyOf(cards);
      passkeys = List.copyOf(passkeys);
      temporary = List.copyOf(temporary);
      deciders = List.copyOf(deciders);
    }
  }

  /**
   * A post in the page's language.
   *
   * @param contract end of the contract, with 再委託 where so; empty for others
   */
  public record Post(
      String division,
      String title,
      String kind,
      String appointment,
      String days,
      String contract,
      boolean current) {}

  /** A role in the page's language. */
  public record Office(String role, String days, boolean current) {}

  /**
   * A card.
   *
   * @param id hash of its key, as in the log
   * @param state stable word
   */
  public record Card(String id, String state, String stateWords, boolean low) {
    /** The first letters of the hash, enough to tell a person's cards apart. */
    public String shown() {
      return id.substring(0, 10);
    }
  }

  /** Somebody in an office of the 機関. */
  public record Decider(String number, String name) {}

  /** A passkey; its holder looks after it. */
  public record Passkey(String label, String state, String stateWords, String registered) {}
}
