package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Locale;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.authn.Approvals;
import org.jspecify.annotations.Nullable;

/**
 * More time that was asked for a grant in use (延長), as its sealed row says.
 *
 * @param id base64url of 16 bytes; each one asked for is a row of its own
 * @param text what a card signs: the grant's text with a later end or more minutes
 * @param askedBy staff number
 * @param decided null before
 * @param decidedBy staff number; null before
 * @param approval null unless approved
 */
record Extension(
    String id,
    ExportGrant text,
    State state,
    Instant asked,
    String askedBy,
    @Nullable Instant decided,
    @Nullable String decidedBy,
    @Nullable Approval approval) {

  /** Where it stands. */
  enum State {
    ASKED,
    APPROVED,
    REJECTED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * The evidence that a card approved it.
   *
   * @param transaction the question that the approval answered
   * @param statement bytes of the approver's card statement
   * @param signature the card's over them
   * @param spki DER of the key that signed
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // never changed after reading; identity is not asked for
  public record Approval(String transaction, byte[] statement, byte[] signature, byte[] spki) {
    static Approval of(Approvals.Approval given) {
      return new Approval(given.transaction(), given.statement(), given.signature(), given.spki());
    }
  }

  /** Id of the grant. */
  String grant() {
    return text.request();
  }

  Extension approved(Instant at, String by, Approval evidence) {
    return decided(State.APPROVED, at, by, evidence);
  }

  Extension rejected(Instant at, String by) {
    return decided(State.REJECTED, at, by, null);
  }

  private Extension decided(State next, Instant at, String by, @Nullable Approval evidence) {
    if (state != State.ASKED) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return new Extension(id, text, next, asked, askedBy, at, by, evidence);
  }
}
