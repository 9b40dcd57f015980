package jp.sekisho.server.grant;

import java.time.Instant;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * A request as its sealed row says.
 *
 * @param requester staff number of who asked
 * @param text what was asked for; its bytes are what a card signs
 * @param decided when it left {@link RequestState#REQUESTED}; null before
 * @param decidedBy staff number of who decided; null before, and when the clock did
 */
public record Request(
    String requester,
    ExportGrant text,
    RequestState state,
    Instant created,
    @Nullable Instant decided,
    @Nullable String decidedBy) {

  /** base64url of 16 bytes. */
  public String id() {
    return text.request();
  }

  /** The 機関 whose approver decides. */
  public String organ() {
    return text.organ();
  }

  /** Whether the person asked for it or will use it, and so must not decide about it. */
  public boolean concerns(String person) {
    return person.equals(requester) || person.equals(text.person());
  }

  Request decided(RequestState next, Instant at, @Nullable String by) {
    if (state != RequestState.REQUESTED || next == RequestState.REQUESTED) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return new Request(requester, text, next, created, at, by);
  }
}
