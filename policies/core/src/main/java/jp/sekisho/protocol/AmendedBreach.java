package jp.sekisho.protocol;

import java.util.List;

/**
 * A case of 漏えい等 as it is to be from now on: {@code POST /api/v1/breaches/<id>/amend}.
 *
 * @param shown {@link BreachItems#detail} of the items that were amended
 * @param kinds as of {@link NewBreach}
 */
public record AmendedBreach(String shown, List<String> kinds, BreachItems items) {
  public AmendedBreach {
    kinds = List.copyOf(kinds);
  }
}
