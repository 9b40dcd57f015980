package jp.sekisho.agent.cli;

import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.spool.SpoolException;

/** What a broken state directory or spool means to a person, and what to do. */
final class StateTexts {
  private StateTexts() {}

  static String say(Texts texts, StateException e) {
    return texts.text("state." + e.code().name(), String.valueOf(e.getMessage()));
  }

  static String say(Texts texts, SpoolException e, StateDirectory directory) {
    return texts.text(
        "spool." + e.code().name(), String.valueOf(e.getMessage()), directory.spool().toString());
  }
}
