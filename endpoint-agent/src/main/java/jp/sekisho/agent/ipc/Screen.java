package jp.sekisho.agent.ipc;

import java.util.function.Function;
import jp.sekisho.agent.enforce.clipboard.ClipboardGuard;
import jp.sekisho.agent.enforce.clipboard.Hold;

/** What a session process can do about the clipboard of its screen. */
public sealed interface Screen {
  /** There is something that holds it. */
  record With(Function<ClipboardGuard.Service, ClipboardGuard> guard) implements Screen {}

  /**
   * Nothing holds it.
   *
   * @param hold why, or that there is nothing to hold
   */
  record Without(Hold hold) implements Screen {}
}
