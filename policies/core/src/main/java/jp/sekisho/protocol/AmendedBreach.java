package jp.sekisho.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A case of 漏えい等 as it is to be from now on: {@code POST /api/v1/breaches/<id>/amend}.
 *
 * @param shown {@link #shown(List, BreachItems)} of what was amended: nobody undoes unseen what
 *     somebody else wrote meanwhile
 * @param kinds as of {@link NewBreach}
 */
public record AmendedBreach(String shown, List<String> kinds, BreachItems items) {
  public AmendedBreach {
    kinds = List.copyOf(kinds);
  }

  /**
   * base64url SHA-256 of what is amended: of UTF-8 {@code kinds} with a space between, a line feed
   * and {@link BreachItems#detail}.
   */
  public static String shown(List<String> kinds, BreachItems items) {
    String text = String.join(" ", kinds) + '\n' + items.detail();
    return Sha256.text(text.getBytes(StandardCharsets.UTF_8));
  }
}
