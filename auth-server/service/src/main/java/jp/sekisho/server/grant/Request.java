package jp.sekisho.server.grant;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * A request as its sealed row says.
 *
 * @param requester staff number of who asked
 * @param text what was asked for; its bytes are what a card signs
 * @param decided when it was over as a request; null before
 * @param decidedBy staff number of who decided; null before, and when the clock did
 * @param remand the last time it was sent back; stays when it is sent again; null if never
 */
public record Request(
    String requester,
    ExportGrant text,
    RequestState state,
    Instant created,
    @Nullable Instant decided,
    @Nullable String decidedBy,
    @Nullable Remand remand) {
  /** How long one that was sent back waits to be mended. */
  public static final Duration MENDABLE = Duration.ofDays(14);

  /**
   * 差戻し of a request.
   *
   * @param by staff number of the approver
   * @param reason what is to be mended, in the approver's words
   */
  public record Remand(Instant at, String by, String reason) {}

  static Request of(String requester, ExportGrant text, Instant created) {
    return new Request(requester, text, RequestState.REQUESTED, created, null, null, null);
  }

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
    boolean possible =
        switch (next) {
          case APPROVED, REJECTED -> state == RequestState.REQUESTED;
          case WITHDRAWN, EXPIRED -> isOpen();
          case REQUESTED, REMANDED -> false;
        };
    if (!possible) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return new Request(requester, text, next, created, at, by, remand);
  }

  Request remanded(Remand why) {
    if (state != RequestState.REQUESTED) {
      throw new IllegalStateException(state + " is not sent back");
    }
    return new Request(requester, text, RequestState.REMANDED, created, null, null, why);
  }

  /** Sent again with another text about the same matter, and therefore of the same id. */
  Request corrected(ExportGrant mended) {
    if (state != RequestState.REMANDED || !mended.request().equals(id())) {
      throw new IllegalStateException(state + " is not mended");
    }
    return new Request(requester, mended, RequestState.REQUESTED, created, null, null, remand);
  }

  /** Whether somebody still has to do something with it. */
  boolean isOpen() {
    return state == RequestState.REQUESTED || state == RequestState.REMANDED;
  }

  /** Whether time ended it: nobody decided before its end, or mended it in time. */
  boolean isLate(Instant now) {
    return switch (state) {
      case REQUESTED -> !now.isBefore(text.end());
      case REMANDED -> remand == null || !now.isBefore(remand.at().plus(MENDABLE));
      case APPROVED, REJECTED, WITHDRAWN, EXPIRED -> false;
    };
  }
}
