package jp.sekisho.server.grant;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.smartcard.verify.Spki;
import org.jspecify.annotations.Nullable;

/**
 * A request as its sealed row says.
 *
 * @param requester staff number of who asked
 * @param text what was asked for; {@link #signed} is what a card signs
 * @param decided when it was over as a request; null before
 * @param decidedBy staff number of who decided; null before, and when the clock did
 * @param remand the last time it was sent back; stays when it is sent again; null if never
 * @param turn of a series, or an occurrence of one; null for what is used once
 * @param first the first of two approvals of this text; stays when the second one comes; null
 *     before, where one is enough, and once it was sent back
 */
public record Request(
    String requester,
    ExportGrant text,
    RequestState state,
    Instant created,
    @Nullable Instant decided,
    @Nullable String decidedBy,
    @Nullable Remand remand,
    @Nullable Turn turn,
    @Nullable First first) {
  /** The word for where one stands that waits for the second of two approvals. */
  public static final String APPROVED_ONCE = "approved-once";

  /** How long one that was sent back waits to be mended. */
  public static final Duration MENDABLE = Duration.ofDays(14);

  /**
   * 差戻し of a request.
   *
   * @param by staff number of the approver
   * @param reason what is to be mended, in the approver's words
   */
  public record Remand(Instant at, String by, String reason) {}

  /**
   * What the first of two approvers' cards said.
   *
   * @param person staff number
   * @param represented staff number of the absent approver in whose place it was (代決); null in the
   *     own right
   */
  public record First(
      Instant at, String person, @Nullable String represented, Extension.Approval approval) {
    /** Whether somebody approved it already, or had it approved in their place. */
    boolean involves(@Nullable String one) {
      return person.equals(one) || (represented != null && represented.equals(one));
    }

    /**
     * Whether the evidence is that a card approved exactly this text. It was verified when it came;
     * it is again wherever the second one's approval would be worth nothing without it.
     */
    boolean isOf(GrantText signed) {
      try {
        CardStatement said = CardStatement.parse(approval.statement());
        return said.purpose() == Purpose.APPROVE
            && signed.detail().equals(said.detail())
            && Spki.verifies(approval.spki(), approval.statement(), approval.signature());
      } catch (MalformedException e) {
        return false;
      }
    }
  }

  /** One that nobody approved yet. */
  Request(
      String requester,
      ExportGrant text,
      RequestState state,
      Instant created,
      @Nullable Instant decided,
      @Nullable String decidedBy,
      @Nullable Remand remand,
      @Nullable Turn turn) {
    this(requester, text, state, created, decided, decidedBy, remand, turn, null);
  }

  /** One that is used once. */
  Request(
      String requester,
      ExportGrant text,
      RequestState state,
      Instant created,
      @Nullable Instant decided,
      @Nullable String decidedBy,
      @Nullable Remand remand) {
    this(requester, text, state, created, decided, decidedBy, remand, null);
  }

  static Request of(String requester, GrantText asked, Instant created) {
    return new Request(
        requester, text(asked), RequestState.REQUESTED, created, null, null, null, turn(asked));
  }

  private static ExportGrant text(GrantText asked) {
    return switch (asked) {
      case ExportGrant once -> once;
      case GrantSeries series -> series.whole();
    };
  }

  private static @Nullable Turn turn(GrantText asked) {
    return switch (asked) {
      case ExportGrant _ -> null;
      case GrantSeries series -> Turn.whole(series);
    };
  }

  /**
   * An occurrence of this series, approved by the series' approval.
   *
   * @param now when it came to be an exception of its own
   */
  Request occurrence(int number, Instant now) {
    if (turn == null || !turn.isSeries() || state != RequestState.APPROVED) {
      throw new IllegalStateException(state + " has no occurrences");
    }
    Turn one = new Turn(turn.series(), number);
    return new Request(requester, one.text(), state, now, decided, decidedBy, null, one);
  }

  /** Its bytes are what a card signs; that of an occurrence is the series'. */
  public GrantText signed() {
    return turn == null ? text : turn.series();
  }

  /** Whether it is a series itself, which has occurrences and is not used. */
  public boolean isSeries() {
    return turn != null && turn.isSeries();
  }

  /** Whether it is one occurrence of a series. */
  public boolean isOccurrence() {
    return turn != null && !turn.isSeries();
  }

  /** When it can be approved no more: at its end, or that of a series' first occurrence. */
  Instant last() {
    return turn == null ? text.end() : turn.series().first().end();
  }

  /** base64url of 16 bytes. */
  public String id() {
    return text.request();
  }

  /** The 機関 whose approver decides. */
  public String organ() {
    return text.organ();
  }

  /**
   * Whether the person asked for it, stands by or will use it, of a series in turn with others, and
   * so must not decide about it.
   */
  public boolean concerns(String person) {
    return person.equals(requester)
        || person.equals(text.person())
        || person.equals(text.attendant())
        || (turn != null && turn.isSeries() && turn.series().people().contains(person));
  }

  Request decided(RequestState next, Instant at, @Nullable String by) {
    if (next.isOpen()) {
      throw new IllegalStateException(next + " is no decision");
    }
    return new Request(requester, text, to(next), created, at, by, remand, turn, first);
  }

  /** {@code next}, which this one may come to be in. */
  private RequestState to(RequestState next) {
    if (!state.leadsTo(next)) {
      throw new IllegalStateException(state + " does not lead to " + next);
    }
    return next;
  }

  /** With the first of two approvals; it waits for the second one. */
  Request approvedOnce(First given) {
    if (state != RequestState.REQUESTED || first != null) {
      throw new IllegalStateException(state + " is not approved a first time");
    }
    return new Request(requester, text, state, created, decided, decidedBy, remand, turn, given);
  }

  /** Whether one of two approvals is there and it waits for the other. */
  public boolean isApprovedOnce() {
    return state == RequestState.REQUESTED && first != null;
  }

  Request remanded(Remand why) {
    return new Request(requester, text, to(RequestState.REMANDED), created, null, null, why, turn);
  }

  /** Sent again with another text about the same matter, and therefore of the same id. */
  Request corrected(GrantText mended) {
    if (!text(mended).request().equals(id())) {
      throw new IllegalStateException("another request is not this one mended");
    }
    return new Request(
        requester,
        text(mended),
        to(RequestState.REQUESTED),
        created,
        null,
        null,
        remand,
        turn(mended));
  }

  /** Whether somebody still has to do something with it. */
  boolean isOpen() {
    return state.isOpen();
  }

  /** Whether time ended it: nobody decided before its end, or mended it in time. */
  boolean isLate(Instant now) {
    return switch (state) {
      case REQUESTED -> !now.isBefore(last());
      case REMANDED -> remand == null || !now.isBefore(remand.at().plus(MENDABLE));
      case APPROVED, REJECTED, WITHDRAWN, EXPIRED -> false;
    };
  }
}
