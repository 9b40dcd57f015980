package jp.sekisho.protocol;

import java.util.List;

/**
 * Who decides in whose place in the 機関 of the session: {@code GET /api/v1/deputies}.
 *
 * @param deputies places that count today or later, by division and rank
 * @param absences that are not over
 * @param reviews decisions nobody has looked at afterwards (後閲), oldest first; at most 200
 */
public record DeputyList(
    List<DeputyLine> deputies, List<AbsenceLine> absences, List<ReviewLine> reviews) {
  public DeputyList {
    deputies = List.copyOf(deputies);
    absences = List.copyOf(absences);
    reviews = List.copyOf(reviews);
  }
}
