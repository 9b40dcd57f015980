package jp.sekisho.server.grant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A decision in place of an absent approver (代決), who must look at it afterwards (後閲).
 *
 * @param id base64url of 16 bytes
 * @param grant id of the exception
 * @param step what was decided, the word of a {@link Step}
 * @param represented staff number of the absent approver
 * @param decider staff number of the deputy
 * @param reviewed null until somebody entitled looked
 * @param reviewedBy null until then
 */
record Review(
    String id,
    String grant,
    String organ,
    String step,
    String represented,
    String decider,
    Instant decided,
    @Nullable Instant reviewed,
    @Nullable String reviewedBy) {
  boolean isOpen() {
    return reviewed == null;
  }

  Review reviewed(Instant at, String by) {
    if (!isOpen()) {
      throw new IllegalStateException("looked at already");
    }
    return new Review(id, grant, organ, step, represented, decider, decided, at, by);
  }
}
