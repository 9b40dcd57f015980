package jp.sekisho.protocol.statement;

import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The text a terminal's device key signs over an answer: this answer was made here, for a
 * transaction this terminal itself fetched.
 *
 * <pre>
 * sekisho/terminal-statement/v1
 * origin https://auth.city.example
 * transaction (base64url, 16 bytes)
 * nonce (base64url, 32 bytes)
 * purpose login | unlock | step-up | approve
 * terminal T-0042
 * boot (base64url, 16 bytes)
 * answer (base64url, SHA-256 of the card statement's bytes followed by its signature), or -
 * card staff-piv | jpki | pkcs11, or -
 * </pre>
 *
 * <p>Card and terminal sign one another's act, and so do passkey and terminal, in the other order:
 * the terminal speaks first, with {@code answer -}, and the passkey signs the hash of what it said
 * and signed ({@link #challenge}).
 *
 * @param origin as in {@link CardStatement}
 * @param transaction as in {@link CardStatement}
 * @param nonce as in {@link CardStatement}
 * @param purpose as in {@link CardStatement}
 * @param terminal the terminal that signs
 * @param boot the terminal's boot, so that the session ends with it
 * @param answer base64url of the SHA-256 over what the person's card answered; null exactly when a
 *     passkey is going to answer ("-" on the wire)
 * @param card how the terminal spoke to the card: the card cannot say it, and a module that keeps
 *     PINs verified must not pass for our own commands; null exactly when {@code answer} is
 */
public record TerminalStatement(
    String origin,
    String transaction,
    String nonce,
    Purpose purpose,
    String terminal,
    String boot,
    @Nullable String answer,
    @Nullable CardKind card) {

  /** Checks every field by the rules of its line. */
  public TerminalStatement {
    Fields.origin(origin);
    Fields.base64Url("transaction", transaction, 16);
    Fields.base64Url("nonce", nonce, 32);
    Fields.terminal(terminal);
    Fields.base64Url("boot", boot, 16);
    if (answer != null) {
      Fields.base64Url("answer", answer, 32);
    }
    if (answer == null && purpose == Purpose.APPROVE) {
      throw new IllegalArgumentException("only a card approves");
    }
    if ((answer == null) != (card == null)) {
      throw new IllegalArgumentException("a card without an answer, or an answer without a card");
    }
  }

  /**
   * The terminal's statement over a card's answer: every shared line is taken from the card's
   * statement.
   */
  public static TerminalStatement over(
      CardStatement card, byte[] cardSignature, String boot, CardKind kind) {
    return new TerminalStatement(
        card.origin(),
        card.transaction(),
        card.nonce(),
        card.purpose(),
        card.terminal(),
        boot,
        answerHash(card.bytes(), cardSignature),
        kind);
  }

  /** The answer line's value for a card statement and its signature. */
  public static String answerHash(byte[] cardStatement, byte[] cardSignature) {
    return Sha256.text(cardStatement, cardSignature);
  }

  /**
   * What a passkey is asked to sign: base64url of the SHA-256 of a terminal's statement and its
   * signature. Nobody knows it before that terminal has spoken, and it fits no other question.
   */
  public static String challenge(byte[] statement, byte[] signature) {
    return Sha256.text(statement, signature);
  }

  /** The bytes to sign. */
  public byte[] bytes() {
    return StatementLines.write("terminal-statement")
        .line("origin", origin)
        .line("transaction", transaction)
        .line("nonce", nonce)
        .line("purpose", purpose.text())
        .line("terminal", terminal)
        .line("boot", boot)
        .line("answer", answer == null ? "-" : answer)
        .line("card", card == null ? "-" : card.text())
        .bytes();
  }

  /** The statement whose bytes are exactly {@code bytes}. */
  public static TerminalStatement parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, "terminal-statement");
    String origin = lines.value("origin");
    String transaction = lines.value("transaction");
    String nonce = lines.value("nonce");
    Purpose purpose = Purpose.parse(lines.value("purpose"));
    String terminal = lines.value("terminal");
    String boot = lines.value("boot");
    String answer = lines.value("answer");
    String word = lines.value("card");
    lines.end();
    CardKind card = CardKind.find(word).orElse(null);
    if (card == null && !word.equals("-")) {
      throw new MalformedException("no kind of card");
    }
    return Fields.sameBytes(
        bytes,
        () ->
            new TerminalStatement(
                origin,
                transaction,
                nonce,
                purpose,
                terminal,
                boot,
                answer.equals("-") ? null : answer,
                card),
        TerminalStatement::bytes);
  }
}
