package jp.sekisho.agent.emergency;

import java.nio.file.Path;
import jp.sekisho.protocol.Refusal;

/** What came of asking for an 緊急時の例外措置. */
public sealed interface EmergencyOutcome {
  /**
   * The medium is open, read-only.
   *
   * @param minutes until it is closed
   */
  record Opened(Path mountPoint, int minutes) implements EmergencyOutcome {}

  /** Nothing was opened; the refusal is recorded where records can be kept. */
  record Refused(Refusal reason) implements EmergencyOutcome {}
}
