package jp.sekisho.server.measure;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where an exceptional measure stands, by what people did, and where it may go from there. */
enum MeasureState {
  /** Waits for the CISO. */
  REQUESTED,
  /** The CISO's card signed it. */
  PERMITTED,
  /** Permitted, and a newer permission carries it on; it counts until its last day all the same. */
  RENEWED,
  /** What deviated is as the standard wants it again. */
  ENDED,
  /** The CISO said no. */
  REJECTED,
  /** Taken back by who asked, before it was decided. */
  WITHDRAWN,
  /** Its last day passed before anybody decided. */
  EXPIRED;

  private static final Map<MeasureState, Set<MeasureState>> NEXT =
      Map.of(
          REQUESTED, EnumSet.of(PERMITTED, REJECTED, WITHDRAWN, EXPIRED),
          PERMITTED, EnumSet.of(RENEWED, ENDED),
          RENEWED, EnumSet.of(ENDED),
          ENDED, EnumSet.noneOf(MeasureState.class),
          REJECTED, EnumSet.noneOf(MeasureState.class),
          WITHDRAWN, EnumSet.noneOf(MeasureState.class),
          EXPIRED, EnumSet.noneOf(MeasureState.class));

  /** Whether a measure in this state may come to be in {@code next}. */
  boolean leadsTo(MeasureState next) {
    return NEXT.getOrDefault(this, Set.of()).contains(next);
  }

  /** The word in rows and on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static MeasureState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
