package jp.sekisho.policy.number;

import java.util.List;

/**
 * What a scan found, without any digit.
 *
 * @param individual possible 個人番号, in the order of the text
 * @param corporate how many 法人番号 were recognised; they are public and never a finding
 */
public record NumberFindings(List<Finding> individual, int corporate) {
  public NumberFindings {
    individual = List.copyOf(individual);
  }

  /** How many possible 個人番号 have {@code score}. */
  public int count(Score score) {
    return (int) individual.stream().filter(finding -> finding.score() == score).count();
  }
}
