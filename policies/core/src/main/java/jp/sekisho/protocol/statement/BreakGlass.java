package jp.sekisho.protocol.statement;

import java.time.Instant;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.ExportGrant.Capability;

/**
 * The text of one 緊急時の例外措置: what two approvers and the person who will use it read in full and
 * sign, each with a card, at a terminal that cannot reach its service. The cards sign these very
 * bytes. They hold no word that people wrote: so the log keeps them whole, and with the list of
 * approvers its entries alone prove who opened what.
 *
 * <pre>
 * sekisho/break-glass/v1
 * request (base64url, 16 bytes)
 * nonce (base64url, 32 bytes)
 * organ mayor
 * terminal T-0042
 * boot (base64url, 16 bytes)
 * person S-1024
 * capability usb-read
 * fingerprint (base64url, SHA-256 of the medium's identity)
 * reason disaster | outage | rescue | duty
 * made 2026-11-22T06:00:00Z
 * minutes 30
 * </pre>
 *
 * @param request base64url of 16 bytes; names the case
 * @param nonce base64url of 32 bytes, the terminal's, for this case and no other
 * @param organ id of the 機関 whose approvers decide
 * @param terminal the one terminal where it can be used
 * @param boot the one boot of that terminal
 * @param person staff number of who will use it
 * @param capability what it opens
 * @param fingerprint base64url of the SHA-256 that recognises the medium at a port
 * @param reason why the service cannot be waited for
 * @param made when the terminal wrote it, by the service's time as it last heard it; whole second
 * @param minutes longest use, by the clock of that boot, 1 to {@value #MAX_MINUTES}
 */
public record BreakGlass(
    String request,
    String nonce,
    String organ,
    String terminal,
    String boot,
    String person,
    Capability capability,
    String fingerprint,
    Reason reason,
    Instant made,
    int minutes) {
  /** Longest use of any, whatever a policy says. */
  public static final int MAX_MINUTES = 60;

  /** What the cards are asked to sign for, as a PIN window has it. */
  public static final String PURPOSE = "break-glass";

  /** Why it cannot wait. More is said in the report afterwards. */
  public enum Reason {
    /** 災害. */
    DISASTER("disaster"),
    /** 通信・サーバーの障害. */
    OUTAGE("outage"),
    /** 人の生命、身体又は財産の保護. */
    RESCUE("rescue"),
    /** 法令に期限のある事務. */
    DUTY("duty");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** The reason called {@code text}. */
    public static Reason parse(String text) throws MalformedException {
      for (Reason reason : values()) {
        if (reason.text.equals(text)) {
          return reason;
        }
      }
      throw new MalformedException("unknown reason");
    }
  }

  /** Checks every field by the rules of its line. */
  public BreakGlass {
    Fields.base64Url("request", request, 16);
    Fields.base64Url("nonce", nonce, 32);
    require(Names.isOrgan(organ), "organ is not an organ id");
    Fields.terminal(terminal);
    Fields.base64Url("boot", boot, 16);
    require(Names.isPerson(person), "person is not a staff number");
    require(capability == Capability.USB_READ, "capability is not usb-read");
    Fields.base64Url("fingerprint", fingerprint, 32);
    Fields.wholeSecond("made", made);
    require(minutes >= 1 && minutes <= MAX_MINUTES, "minutes is not 1 to " + MAX_MINUTES);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** base64url of the SHA-256 of the bytes. */
  public String detail() {
    return Sha256.text(bytes());
  }

  /** The bytes to sign. */
  public byte[] bytes() {
    return StatementLines.write("break-glass")
        .line("request", request)
        .line("nonce", nonce)
        .line("organ", organ)
        .line("terminal", terminal)
        .line("boot", boot)
        .line("person", person)
        .line("capability", capability.text())
        .line("fingerprint", fingerprint)
        .line("reason", reason.text())
        .line("made", made.toString())
        .line("minutes", Integer.toString(minutes))
        .bytes();
  }

  /** The text whose bytes are exactly {@code bytes}. */
  public static BreakGlass parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, "break-glass");
    String request = lines.value("request");
    String nonce = lines.value("nonce");
    String organ = lines.value("organ");
    String terminal = lines.value("terminal");
    String boot = lines.value("boot");
    String person = lines.value("person");
    Capability capability = Capability.parse(lines.value("capability"));
    String fingerprint = lines.value("fingerprint");
    Reason reason = Reason.parse(lines.value("reason"));
    Instant made = lines.instant("made");
    int minutes = lines.number("minutes");
    lines.end();
    return Fields.sameBytes(
        bytes,
        () ->
            new BreakGlass(
                request,
                nonce,
                organ,
                terminal,
                boot,
                person,
                capability,
                fingerprint,
                reason,
                made,
                minutes),
        BreakGlass::bytes);
  }
}
