package jp.sekisho.server.authn;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jp.sekisho.protocol.Sha256;

/**
 * What a card is asked to approve: a text, and what it is about.
 *
 * @param subject id of the thing, base64url of 16 bytes
 * @param text the exact UTF-8 bytes that are shown in full and whose hash is signed
 * @param page where the thing is shown
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after creation; equality is by content
public record Matter(String subject, byte[] text, String page) {
  /** The detail line of the statement: base64url of the SHA-256 of the text. */
  public String detail() {
    return Sha256.text(text);
  }

  /** The text as the terminal shows it. */
  String shown() {
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matter that
        && subject.equals(that.subject)
        && page.equals(that.page)
        && Arrays.equals(text, that.text);
  }

  @Override
  public int hashCode() {
    return subject.hashCode();
  }
}
