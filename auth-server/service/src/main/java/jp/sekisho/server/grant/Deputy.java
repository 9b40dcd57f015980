package jp.sekisho.server.grant;

import java.time.Instant;
import jp.sekisho.server.person.Validity;

/**
 * A place in the order of deputies (代決者) of a post: who decides when whoever decides for that
 * division is absent.
 *
 * @param id base64url of 16 bytes
 * @param division code of the division whose approvers are represented
 * @param person staff number of the deputy
 * @param rank 1 is asked first; those behind only where all before them cannot decide
 * @param validity the days on which it counts
 * @param reference document that orders it (事務決裁規程)
 * @param removed whether it was taken out of the order
 */
public record Deputy(
    String id,
    String organ,
    String division,
    String person,
    int rank,
    Validity validity,
    String reference,
    boolean removed) {
  /** Longest order of one post. */
  public static final int MOST_RANKS = 9;

  boolean stands(Instant at) {
    return !removed && validity.includes(at);
  }

  Deputy out() {
    return new Deputy(id, organ, division, person, rank, validity, reference, true);
  }
}
