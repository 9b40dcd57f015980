package jp.sekisho.agent.ipc;

import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.protocol.Refusal;

/** Answers who asks at the socket to be logged in without the service. Thread-safe. */
@FunctionalInterface
public interface OfflineCalls {
  /** Where there is none. */
  OfflineCalls NONE = (uid, lastTry) -> new OfflineOutcome.Refused(Refusal.OFFLINE_POLICY);

  /**
   * Logs in, or says why not; may take minutes.
   *
   * @param uid user who asks, as the kernel says
   * @param lastTry the person was told that one PIN try is left and wants to use it
   */
  OfflineOutcome ask(int uid, boolean lastTry);
}
