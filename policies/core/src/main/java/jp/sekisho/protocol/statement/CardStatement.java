package jp.sekisho.protocol.statement;

import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The text a person's card signs: which question of which service, at which terminal, with which
 * certificate.
 *
 * <pre>
 * sekisho/card-statement/v1
 * origin https://auth.city.example
 * transaction (base64url, 16 bytes)
 * nonce (base64url, 32 bytes)
 * purpose login | unlock | step-up | approve
 * terminal T-0042
 * certificate (base64url, SHA-256 of the certificate's DER)
 * detail (base64url, SHA-256 of the approved text), or -
 * </pre>
 *
 * @param origin scheme, host and port of the page, as the browser's Origin header has it
 * @param transaction base64url of 16 bytes
 * @param nonce base64url of 32 bytes, the server's
 * @param purpose what is signed for
 * @param terminal id of the terminal whose reader holds the card
 * @param certificate base64url of the SHA-256 of the card certificate's DER
 * @param detail base64url of the SHA-256 of the approved text; null exactly when nothing is
 *     approved ("-" on the wire)
 */
public record CardStatement(
    String origin,
    String transaction,
    String nonce,
    Purpose purpose,
    String terminal,
    String certificate,
    @Nullable String detail) {

  /** Checks every field by the rules of its line. */
  public CardStatement {
    Fields.origin(origin);
    Fields.base64Url("transaction", transaction, 16);
    Fields.base64Url("nonce", nonce, 32);
    Fields.terminal(terminal);
    Fields.base64Url("certificate", certificate, 32);
    if (detail != null) {
      Fields.base64Url("detail", detail, 32);
    }
    if ((purpose == Purpose.APPROVE) != (detail != null)) {
      throw new IllegalArgumentException("detail goes with purpose approve, and only with it");
    }
  }

  /** The bytes to sign. */
  public byte[] bytes() {
    return StatementLines.write("card-statement")
        .line("origin", origin)
        .line("transaction", transaction)
        .line("nonce", nonce)
        .line("purpose", purpose.text())
        .line("terminal", terminal)
        .line("certificate", certificate)
        .line("detail", detail == null ? "-" : detail)
        .bytes();
  }

  /** The statement whose bytes are exactly {@code bytes}. */
  public static CardStatement parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, "card-statement");
    String origin = lines.value("origin");
    String transaction = lines.value("transaction");
    String nonce = lines.value("nonce");
    Purpose purpose = Purpose.parse(lines.value("purpose"));
    String terminal = lines.value("terminal");
    String certificate = lines.value("certificate");
    String detail = lines.value("detail");
    lines.end();
    return Fields.sameBytes(
        bytes,
        () ->
            new CardStatement(
                origin,
                transaction,
                nonce,
                purpose,
                terminal,
                certificate,
                detail.equals("-") ? null : detail),
        CardStatement::bytes);
  }

  /** The certificate line's value for a certificate's DER. */
  public static String certificateHash(byte[] der) {
    return Sha256.text(der);
  }
}
