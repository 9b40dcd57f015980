package jp.sekisho.protocol;

import java.util.List;

/**
 * The grants of one terminal: {@code GET /agent/v1/grants}. Only approved and active ones are
 * named; an active one that is no longer named is over (ended, returned or revoked) and must be
 * closed at once.
 *
 * @param grants ordered by start, then by id
 */
public record GrantList(List<GrantOffer> grants) {
  public GrantList {
    grants = List.copyOf(grants);
  }
}
