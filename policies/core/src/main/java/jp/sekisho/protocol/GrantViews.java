package jp.sekisho.protocol;

import java.util.List;

/**
 * The exceptions a person may see, newest first: {@code GET /api/v1/grants}. One's own, and for an
 * approver, administrator or auditor those of the 機関.
 *
 * @param grants at most {@value #MOST}
 */
public record GrantViews(List<GrantView> grants) {
  /** Most exceptions in one answer. */
  public static final int MOST = 200;

  public GrantViews {
    grants = List.copyOf(grants);
  }
}
