package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of the one-time code (初期設定), before anybody can log in.
 *
 * @param next {@code code}, {@code administrator}, {@code terminal} or {@code login}
 * @param organs to choose from
 */
public record SetupPage(Frame frame, String next, List<Organ> organs) {
  public SetupPage {
    organs = List.copyOf(organs);
  }

  /** One 機関. */
  public record Organ(String id, String name) {}

  /**
   * The page of the steps that the first administrator does by card and PIN.
   *
   * @param person staff number of the session
   * @param terminal its terminal
   * @param content null while the session is suspended: then the page is only its lock
   */
  public record Steps(Frame frame, String person, String terminal, @Nullable Content content) {}

  /**
   * The part that only an active session gets.
   *
   * @param withoutCard staff numbers of office holders who have no card
   * @param policy whether officers' files are still to come
   * @param left how many things are missing
   */
  public record Content(List<Step> steps, List<String> withoutCard, boolean policy, int left) {
    public Content {
      steps = List.copyOf(steps);
      withoutCard = List.copyOf(withoutCard);
    }
  }

  /**
   * One step, in the page's language.
   *
   * @param id stable word
   * @param missing what it still lacks; nothing when it is done
   * @param people whether it is done on the page of people and posts
   */
  public record Step(String id, String title, String how, List<String> missing, boolean people) {
    public Step {
      missing = List.copyOf(missing);
    }
  }
}
