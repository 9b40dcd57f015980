package jp.sekisho.server.grant;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where a request stands, and where it may go from there. */
public enum RequestState {
  /** Waits for an approver. */
  REQUESTED,
  /** 差戻し: waits for who asked to mend it and send it again. */
  REMANDED,
  /** An approver's card signed its text; the grant goes on from there. */
  APPROVED,
  /** 却下. */
  REJECTED,
  /** 取下げ, by who asked. */
  WITHDRAWN,
  /** Its end passed before anybody decided, or nobody mended it in time. */
  EXPIRED;

  private static final Map<RequestState, Set<RequestState>> NEXT =
      Map.of(
          REQUESTED, EnumSet.of(REMANDED, APPROVED, REJECTED, WITHDRAWN, EXPIRED),
          REMANDED, EnumSet.of(REQUESTED, WITHDRAWN, EXPIRED),
          APPROVED, EnumSet.noneOf(RequestState.class),
          REJECTED, EnumSet.noneOf(RequestState.class),
          WITHDRAWN, EnumSet.noneOf(RequestState.class),
          EXPIRED, EnumSet.noneOf(RequestState.class));

  /** Whether a request in this state may come to be in {@code next}. */
  boolean leadsTo(RequestState next) {
    return NEXT.getOrDefault(this, Set.of()).contains(next);
  }

  /** Whether somebody still has to do something with it. */
  boolean isOpen() {
    return !NEXT.getOrDefault(this, Set.of()).isEmpty();
  }

  /** The word in rows and on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RequestState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
