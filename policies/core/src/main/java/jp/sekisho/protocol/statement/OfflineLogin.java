package jp.sekisho.protocol.statement;

import java.time.Instant;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/**
 * What a card signs for a login at a terminal that cannot reach its service. It is another text
 * than a {@link CardStatement}, so no service takes it for an answer; the nonce is the terminal's.
 * It holds no word that people wrote: the log keeps it whole.
 *
 * <pre>
 * sekisho/offline-login/v1
 * transaction (base64url, 16 bytes)
 * nonce (base64url, 32 bytes)
 * organ mayor
 * terminal T-0042
 * boot (base64url, 16 bytes)
 * made 2026-11-22T06:00:00Z
 * </pre>
 *
 * @param transaction base64url of 16 bytes; names the login in records
 * @param nonce base64url of 32 bytes, for this login and no other
 * @param organ id of the terminal's 機関
 * @param terminal the one terminal where it counts
 * @param boot the one boot of that terminal
 * @param made when the terminal wrote it, by its own clock as the service last corrected it; whole
 *     second
 */
public record OfflineLogin(
    String transaction, String nonce, String organ, String terminal, String boot, Instant made) {
  /** What the card is asked to sign for, as a PIN window has it. */
  public static final String PURPOSE = "offline-login";

  /** Checks every field by the rules of its line. */
  public OfflineLogin {
    Fields.base64Url("transaction", transaction, 16);
    Fields.base64Url("nonce", nonce, 32);
    if (!Names.isOrgan(organ)) {
      throw new IllegalArgumentException("organ is not an organ id");
    }
    Fields.terminal(terminal);
    Fields.base64Url("boot", boot, 16);
    Fields.wholeSecond("made", made);
  }

  /** The bytes to sign. */
  public byte[] bytes() {
    return StatementLines.write(PURPOSE)
        .line("transaction", transaction)
        .line("nonce", nonce)
        .line("organ", organ)
        .line("terminal", terminal)
        .line("boot", boot)
        .line("made", made.toString())
        .bytes();
  }

  /** The text whose bytes are exactly {@code bytes}. */
  public static OfflineLogin parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, PURPOSE);
    String transaction = lines.value("transaction");
    String nonce = lines.value("nonce");
    String organ = lines.value("organ");
    String terminal = lines.value("terminal");
    String boot = lines.value("boot");
    Instant made = lines.instant("made");
    lines.end();
    return Fields.sameBytes(
        bytes,
        () -> new OfflineLogin(transaction, nonce, organ, terminal, boot, made),
        OfflineLogin::bytes);
  }
}
