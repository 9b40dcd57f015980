package jp.sekisho.server.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;

/**
 * A bearer secret in a browser's cookie: 32 random bytes. Only its SHA-256 is ever stored; the text
 * leaves in a {@code Set-Cookie} header and nowhere else.
 */
public final class Token {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private Token(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new secret. */
  public static Token random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Token(bytes);
  }

  /** The secret in a cookie; empty for anything that is not exactly the text of one. */
  public static Optional<Token> parse(String text) {
    try {
      return Optional.of(new Token(Base64Url.decode(text, BYTES)));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** The cookie's value: the secret itself. */
  public String secret() {
    return Base64Url.encode(bytes);
  }

  /** What is stored: 32 bytes from which the secret cannot be had. */
  public byte[] hash() {
    return Sha256.of(bytes);
  }

  /** Whether this is the secret behind {@code hash}; takes the same time for every wrong one. */
  public boolean matches(byte[] hash) {
    return MessageDigest.isEqual(hash(), hash);
  }

  @Override
  public String toString() {
    return "Token[***]";
  }
}
