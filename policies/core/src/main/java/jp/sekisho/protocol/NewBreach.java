package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A case of 漏えい等 to be opened: {@code POST /api/v1/breaches}.
 *
 * @param known when any department first knew of it, ISO-8601 with an offset; not in the future
 * @param kinds what applies of 規則2条: {@code system malice public hundred}, at least one
 * @param origin what it comes from: {@code grant medium emergency entry}; null for none of them
 * @param source its id, number or index in the 機関's log; null without {@code origin}
 */
public record NewBreach(
    String known, List<String> kinds, @Nullable String origin, @Nullable String source) {
  public NewBreach {
    kinds = List.copyOf(kinds);
  }
}
