package jp.sekisho.server.session;

import java.util.Locale;

/** Why a session is suspended or ended; the words stand in the log and in the page. */
public enum Cause {
  // Suspends
  /** The card that answered left its reader. */
  CARD_REMOVED,
  /** The seat's session process fell silent. */
  SEAT_LOST,
  /** No activity for the idle limit. */
  IDLE,
  /** No heartbeat of the terminal. */
  TERMINAL_SILENT,
  /** The terminal's agent stopped in order. */
  TERMINAL_STOPPED,
  // Ends
  LOGOUT,
  ABSOLUTE_LIMIT,
  LOCK_TO_END,
  /** Another person logged in on the terminal. */
  OTHER_PERSON,
  /** The same person logged in anew on the terminal: a card's removal names one login only. */
  REPLACED,
  /** The terminal, the card or the person was revoked or suspended. */
  REVOKED,
  /** The terminal booted again. */
  REBOOT,
  /** Its person ended it in the list of sessions. */
  BY_HOLDER,
  /** An administrator of its 機関 ended it in the list of sessions. */
  BY_ADMINISTRATOR;

  /** The word in the log: {@code card-removed} … */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Cause parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
