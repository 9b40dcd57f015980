package jp.sekisho.agent.emergency;

import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Who asked for an 緊急時の例外措置 and is told what to do next. Thread-safe; returns at once. */
public interface Talk {
  /** What is waited for. */
  enum Step {
    /** The first approver's card. */
    FIRST,
    /** Another approver's card. */
    SECOND,
    /** The card of the person who will use it. */
    USER;

    /** The word on the local socket. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The next step, or the same again.
   *
   * @param problem why it is the same again; null when it is not
   */
  void step(Step step, @Nullable Refusal problem);

  /** Whether nobody waits any more: then nothing is opened. */
  boolean gone();
}
