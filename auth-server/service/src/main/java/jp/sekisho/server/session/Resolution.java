package jp.sekisho.server.session;

import jp.sekisho.protocol.Refusal;

/** What a cookie is worth at this moment. */
public sealed interface Resolution {
  /** A session that may act. */
  record Active(Session session) implements Resolution {}

  /** A session that may only be unlocked, looked at or ended: {@code SESSION_SUSPENDED}. */
  record Suspended(Session session) implements Resolution {}

  /** Nothing: {@code SESSION_NONE}, {@code SESSION_ENDED} or {@code STATE_TAMPERED}. */
  record Refused(Refusal reason) implements Resolution {}
}
