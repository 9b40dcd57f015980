package jp.sekisho.protocol;

/**
 * What the agent hands the page and the page posts back without looking: a card's statement,
 * countersigned by the terminal.
 *
 * <p>On the wire it is one opaque string: base64url of this record's JSON, at most {@value
 * #MAX_CHARACTERS} characters.
 *
 * @param statement base64url of the bytes of a {@link jp.sekisho.protocol.statement.CardStatement}
 * @param signature base64url of the card's signature over them
 * @param certificate base64url of the card certificate's DER
 * @param terminalStatement base64url of the bytes of a {@link
 *     jp.sekisho.protocol.statement.TerminalStatement}
 * @param terminalSignature base64url of the device key's signature over them
 */
public record CardAnswer(
    String statement,
    String signature,
    String certificate,
    String terminalStatement,
    String terminalSignature) {
  /** Largest opaque answer accepted. */
  public static final int MAX_CHARACTERS = 32 * 1024;

  /** The opaque string. */
  public String opaque() {
    return Base64Url.encode(WireJson.write(this));
  }

  /** The answer in an opaque string. */
  public static CardAnswer parse(String opaque) throws MalformedException {
    if (opaque.length() > MAX_CHARACTERS) {
      throw new MalformedException("answer over " + MAX_CHARACTERS + " characters");
    }
    return WireJson.read(Base64Url.decode(opaque), CardAnswer.class);
  }
}
