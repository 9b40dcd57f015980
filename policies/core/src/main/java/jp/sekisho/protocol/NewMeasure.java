package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for as an exceptional measure (例外措置): {@code POST /api/v1/measures}. At least
 * one of terminals, division and rule; terminals or a division, not both.
 *
 * @param terminals ids of the terminals it is about
 * @param division code of the division (課) whose terminals it is about
 * @param rule id of the rule of the signed policy from which it deviates
 * @param reason why it is needed
 * @param substitute what is done instead (代替措置)
 * @param document 文書番号 of the paper beside it
 * @param from first day, as {@code 2026-11-22}
 * @param review day by which it must be looked at again
 * @param until last day; without one nothing is saved
 * @param renews number of the measure that it carries on, such as {@code E-0007}
 */
public record NewMeasure(
    List<String> terminals,
    @Nullable String division,
    @Nullable String rule,
    String reason,
    String substitute,
    @Nullable String document,
    @Nullable String from,
    @Nullable String review,
    @Nullable String until,
    @Nullable String renews) {
  public NewMeasure {
    terminals = List.copyOf(terminals);
  }
}
