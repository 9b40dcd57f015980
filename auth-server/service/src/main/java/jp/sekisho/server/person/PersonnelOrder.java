package jp.sekisho.server.person;

import java.time.Instant;
import java.time.LocalDate;

/**
 * A personnel file that was applied (発令).
 *
 * @param id such as {@code O-0007}
 * @param effective the first day on which it makes a difference; undone until that day begins
 * @param fileHash base64url SHA-256 of the file
 * @param persons how many it changes
 */
public record PersonnelOrder(
    String id, State state, Instant applied, LocalDate effective, String fileHash, long persons) {

  /** Whether it stands. */
  public enum State {
    APPLIED,
    UNDONE
  }

  /** Whether it may still be undone: the first of its days has not begun in Japan. */
  public boolean isUndoable(Instant now) {
    return state == State.APPLIED && now.isBefore(Validity.start(effective));
  }

  /** Its place in the order of applying, from 1. */
  long number() {
    return Long.parseLong(id.substring(id.indexOf('-') + 1));
  }

  PersonnelOrder undone() {
    return new PersonnelOrder(id, State.UNDONE, applied, effective, fileHash, persons);
  }
}
