package jp.sekisho.agent.ipc;

import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.protocol.Refusal;

/** Answers who asks at the socket for a medium to be taken in. Thread-safe. */
@FunctionalInterface
public interface ImportCalls {
  /** Where nothing is. */
  ImportCalls NONE = (uid, grant, folder) -> new ImportOutcome(Refusal.NOT_ENFORCING, 0, 0);

  /**
   * Takes it in, or says why not; may take long.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id, base64url of 16 bytes
   */
  ImportOutcome take(int uid, String grant, ClerkFolder folder);
}
