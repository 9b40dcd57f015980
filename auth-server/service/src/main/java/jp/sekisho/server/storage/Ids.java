package jp.sekisho.server.storage;

import java.security.SecureRandom;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;

/** Ids of rows that nobody guesses: base64url of 16 random bytes. Thread-safe. */
public final class Ids {
  private static final int BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** A new one. */
  public static String next() {
    byte[] id = new byte[BYTES];
    RANDOM.nextBytes(id);
    return Base64Url.encode(id);
  }

  /** Whether {@code text} has the form of one: only then it is asked for, or named in the log. */
  public static boolean isId(String text) {
    try {
      return Base64Url.decode(text, BYTES).length == BYTES;
    } catch (MalformedException e) {
      return false;
    }
  }
}
