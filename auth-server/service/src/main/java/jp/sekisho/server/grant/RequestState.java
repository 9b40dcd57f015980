package jp.sekisho.server.grant;

import java.util.Locale;

/** Where a request stands; only {@link #REQUESTED} and {@link #REMANDED} lead anywhere. */
public enum RequestState {
  /** Waits for an approver. */
  REQUESTED,
  /** 差戻し: waits for who asked to mend it and send it again. */
  REMANDED,
  /** An approver's card signed its text; the grant goes on from there. */
  APPROVED,
  /** 却下. */
  REJECTED,
  /** 取下げ, by who asked. */
  WITHDRAWN,
  /** Its end passed before anybody decided, or nobody mended it in time. */
  EXPIRED;

  /** The word in rows and on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RequestState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
