package jp.sekisho.agent.ipc;

import java.time.Duration;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Answers session processes about the clipboard, and who wants to use a grant. Thread-safe. */
public interface ClipboardCalls {
  /** Where nothing is held. */
  ClipboardCalls NONE =
      new ClipboardCalls() {
        @Override
        public Treatment treatment(int uid) {
          return Treatment.NONE;
        }

        @Override
        public void standing(int uid, Hold hold) {}

        @Override
        public void lost(int uid, Duration silence) {}

        @Override
        public Answer decide(int uid, Crossing crossing) {
          return Answer.NONE;
        }

        @Override
        public Used use(int uid, String grant, UseTalk talk) {
          return new Used(Refusal.NOT_ENFORCING, null, 0, 0);
        }
      };

  /** What the seat of {@code uid} is to do now. */
  Treatment treatment(int uid);

  /** The session process of {@code uid} says whether it does. */
  void standing(int uid, Hold hold);

  /** It is gone. */
  void lost(int uid, Duration silence);

  /** Whether a paste may be; returns soon, and what it says is in the records. */
  Answer decide(int uid, Crossing crossing);

  /**
   * Lets a person copy over boundaries under a grant until it ends; may take hours.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id, base64url of 16 bytes
   */
  Used use(int uid, String grant, UseTalk talk);

  /** The process that asked. */
  interface UseTalk {
    /** They may from now on. */
    void open(int minutes, long bytes);

    /** Whether it is gone: then the use ends. */
    boolean gone();
  }

  /**
   * What came of it.
   *
   * @param refusal why it was not begun; null when it was
   * @param cause why it ended, a word of {@code ExportEvent.Cause}; null when it was not begun
   * @param copies how many were let over
   * @param bytes how much in all
   */
  record Used(@Nullable Refusal refusal, @Nullable String cause, int copies, long bytes) {}
}
