package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A short sum of what an entry is found by, kept beside it in every index (ADR 0042): a walk drops
 * what it does not look for without a look at the row itself. Two different entries may have the
 * same mark, so the row decides about those that are left.
 *
 * <p>Forty-seven bits, which SQLite stores in six bytes: outcome 1, feature 10, type 12, person 12,
 * terminal 12. What is absent is 0. Rows are kept with it: another way to make it needs a new
 * index.
 */
final class EntryMark {
  private static final int FEATURE = 1;
  private static final int TYPE = 11;
  private static final int PERSON = 23;
  private static final int TERMINAL = 35;
  private static final long TEN = (1 << 10) - 1;
  private static final long TWELVE = (1 << 12) - 1;

  private EntryMark() {}

  /** The mark of an entry. */
  static long of(EntryHit hit) {
    return (hit.failed() ? 1 : 0)
        | part(hit.feature(), TEN, FEATURE)
        | part(hit.type(), TWELVE, TYPE)
        | part(hit.person(), TWELVE, PERSON)
        | part(hit.terminal(), TWELVE, TERMINAL);
  }

  /** What the mark of an entry must be for a query to hold, as far as a mark tells. */
  record Wanted(long mask, long value) {
    static Wanted of(EntryQuery query) {
      String event = query.event();
      int dot = event == null ? -1 : event.indexOf('.');
      String type = dot < 0 ? null : event;
      String feature = event == null || dot < 0 ? event : event.substring(0, dot);
      Boolean success = query.success();
      return new Wanted(
          asked(success, 1, 0)
              | asked(feature, TEN, FEATURE)
              | asked(type, TWELVE, TYPE)
              | asked(query.person(), TWELVE, PERSON)
              | asked(query.terminal(), TWELVE, TERMINAL),
          (success == null || success ? 0 : 1)
              | part(feature, TEN, FEATURE)
              | part(type, TWELVE, TYPE)
              | part(query.person(), TWELVE, PERSON)
              | part(query.terminal(), TWELVE, TERMINAL));
    }

    boolean accepts(long mark) {
      return (mark & mask) == value;
    }
  }

  private static long asked(@Nullable Object part, long bits, int place) {
    return part == null ? 0 : bits << place;
  }

  private static long part(@Nullable String text, long bits, int place) {
    if (text == null) {
      return 0;
    }
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return (sum.getValue() & bits) << place;
  }
}
