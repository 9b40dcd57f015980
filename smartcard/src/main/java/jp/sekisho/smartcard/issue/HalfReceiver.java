package jp.sekisho.smartcard.issue;

import java.io.IOException;

/** Gives the halves of a new PUK to the two roles, each its own, before the card gets the PUK. */
public interface HalfReceiver {

  /**
   * Gives both away, once; returns when both are in the hands of their roles. Halves given before
   * for the same card count no more.
   *
   * @param number staff number
   * @param card identity of the card
   */
  void give(String number, String card, PukHalf first, PukHalf second) throws IOException;
}
