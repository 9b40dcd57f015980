package jp.sekisho.agent.ipc;

import jp.sekisho.agent.emergency.EmergencyOutcome;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.BreakGlass.Reason;

/** Answers who asks for an 緊急時の例外措置 at the socket. Thread-safe. */
@FunctionalInterface
public interface EmergencyCalls {
  /** Where there is none. */
  EmergencyCalls NONE =
      (uid, minutes, reason, talk) -> new EmergencyOutcome.Refused(Refusal.EMERGENCY_POLICY);

  /**
   * Opens, or says why not; may take minutes.
   *
   * @param uid user who asks, as the kernel says
   */
  EmergencyOutcome ask(int uid, int minutes, Reason reason, Talk talk);
}
