package jp.sekisho.server.grant;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where an approved exception stands, and where it may go from there. */
public enum GrantState {
  /** Not used yet. */
  APPROVED,
  /** A terminal may have open what was approved. */
  ACTIVE,
  /** The time of use is over; the medium must come back. */
  USED,
  /**
   * The medium's return was confirmed, or it was handed over against a receipt; where there is
   * none, the time of use is over.
   */
  CLOSED,
  /** Taken back by who asked, before its use. */
  WITHDRAWN,
  /** Taken away by an approver or administrator; once used, the medium must still come back. */
  REVOKED,
  /** Its end passed before it was used. */
  EXPIRED;

  private static final Map<GrantState, Set<GrantState>> NEXT =
      Map.of(
          APPROVED, EnumSet.of(ACTIVE, WITHDRAWN, REVOKED, EXPIRED),
          ACTIVE, EnumSet.of(USED, CLOSED, REVOKED),
          USED, EnumSet.of(CLOSED),
          CLOSED, EnumSet.noneOf(GrantState.class),
          WITHDRAWN, EnumSet.noneOf(GrantState.class),
          REVOKED, EnumSet.of(CLOSED),
          EXPIRED, EnumSet.noneOf(GrantState.class));

  /** Whether a grant in this state may come to be in {@code next}. */
  boolean leadsTo(GrantState next) {
    return NEXT.getOrDefault(this, Set.of()).contains(next);
  }

  /** The word in rows and on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static GrantState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
