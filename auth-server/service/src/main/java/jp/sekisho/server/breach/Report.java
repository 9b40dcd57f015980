package jp.sekisho.server.breach;

import java.util.Locale;

/** A report to the 個人情報保護委員会. */
enum Report {
  /** 速報. */
  PRELIMINARY,
  /** 確報. */
  FINAL;

  /** The word in rows, in the log and on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
