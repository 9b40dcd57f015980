package jp.sekisho.protocol.statement;

import java.util.Locale;
import jp.sekisho.protocol.MalformedException;

/** What a card is asked to sign for. */
public enum Purpose {
  /** Start a session. */
  LOGIN,
  /** Resume a suspended session of the same person. */
  UNLOCK,
  /** Prove presence again for one sensitive action. */
  STEP_UP,
  /** Approve the text whose hash is the statement's detail. */
  APPROVE;

  /** The word on the wire: {@code login unlock step-up approve}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The purpose called {@code text}. */
  public static Purpose parse(String text) throws MalformedException {
    for (Purpose purpose : values()) {
      if (purpose.text().equals(text)) {
        return purpose;
      }
    }
    throw new MalformedException("unknown purpose");
  }
}
