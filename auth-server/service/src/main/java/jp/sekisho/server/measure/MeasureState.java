package jp.sekisho.server.measure;

import java.util.Locale;

/** Where an exceptional measure stands, by what people did. */
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

  /** The word in rows and on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static MeasureState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
