package jp.sekisho.server.grant;

import java.time.Instant;

/**
 * A time during which an approver cannot decide (不在), said beforehand or when it begins.
 *
 * @param id base64url of 16 bytes
 * @param person staff number of who is absent
 * @param by staff number of who said so
 * @param over whether it was ended before its time
 */
record Absence(
    String id, String organ, String person, Instant start, Instant end, String by, boolean over) {
  boolean covers(Instant at) {
    return !over && !at.isBefore(start) && at.isBefore(end);
  }

  Absence ended() {
    return new Absence(id, organ, person, start, end, by, true);
  }
}
