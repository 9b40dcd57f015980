package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often an exception is asked for (定例許可).
 *
 * @param repeat {@code weekly} or {@code monthly}
 * @param count how many times, the first included: 2 to {@value
 *     jp.sekisho.protocol.statement.GrantSeries#MAX_COUNT}
 * @param others staff numbers of who takes turns with the exception's person, in their order; null
 *     for nobody
 */
public record NewSeries(String repeat, int count, @Nullable List<String> others) {
  public NewSeries {
    others = others == null ? null : List.copyOf(others);
  }

  /** Of one person. */
  public NewSeries(String repeat, int count) {
    this(repeat, count, null);
  }
}
