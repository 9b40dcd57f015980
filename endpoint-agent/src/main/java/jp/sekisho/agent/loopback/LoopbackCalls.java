package jp.sekisho.agent.loopback;

import java.util.Locale;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.Refusal;

/**
 * What the loopback port can ask of the agent. Called on several threads, for one seat never by two
 * logins at once.
 */
public interface LoopbackCalls {
  /**
   * Answers a transaction with the seat's card and PIN; blocks while the PIN window is open, at
   * most 90 seconds.
   *
   * @param origin of the page, on the terminal's list
   * @param locale the page's language, for what the seat shows
   */
  LoginResult login(Seat seat, String origin, LoopbackLogin request, Locale locale);

  /**
   * Vouches for a transaction that a passkey is going to answer; asks nobody anything.
   *
   * @param origin of the page, on the terminal's list
   */
  VouchResult vouch(Seat seat, String origin, LoopbackLogin request);

  /** What the page may know before a login. */
  LoopbackStatus status(Seat seat, Locale locale);

  /**
   * A request was refused before anything was told: {@code ORIGIN_FOREIGN} or {@code PEER_FOREIGN}.
   * Called at once for the first of a reason in a minute, and at most once per reason and minute,
   * so that no local program can flood the spool.
   */
  void refused(Refusal reason);
}
