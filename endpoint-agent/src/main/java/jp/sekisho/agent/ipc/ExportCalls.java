package jp.sekisho.agent.ipc;

import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.protocol.Refusal;

/** Answers who asks at the socket for files to be exported. Thread-safe. */
@FunctionalInterface
public interface ExportCalls {
  /** Where nothing leaves. */
  ExportCalls NONE = (uid, grant, files) -> new ExportOutcome(Refusal.NOT_ENFORCING, 0);

  /**
   * Writes them, or says why not; may take long.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id, base64url of 16 bytes
   */
  ExportOutcome export(int uid, String grant, ClerkFiles files);
}
