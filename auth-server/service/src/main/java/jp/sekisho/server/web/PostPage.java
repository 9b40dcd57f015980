package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page on which a person with several posts chooses the one to act in.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param choices the main post first; null while the session is suspended: then the page is only
 *     its lock
 */
public record PostPage(
    Frame frame, String person, String terminal, @Nullable List<Choice> choices) {

  /**
   * One post in the page's language.
   *
   * @param code of the division, which the log names
   */
  public record Choice(String code, String division, String title, String kind) {}
}
