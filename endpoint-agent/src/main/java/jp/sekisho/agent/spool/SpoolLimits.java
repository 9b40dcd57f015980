package jp.sekisho.agent.spool;

import java.time.Duration;

/**
 * How much the spool may hold.
 *
 * @param capacity bytes of all segments at most
 * @param reserve bytes at the end of {@code capacity} kept for lock, block and login records
 * @param lastRoom bytes at the end of {@code reserve} kept for removals and the orderly stop: no
 *     login begins once the rest is used
 * @param segment a new segment starts when one has passed this many bytes
 * @param keep how long a record stays after its acknowledgement
 */
public record SpoolLimits(long capacity, long reserve, long lastRoom, long segment, Duration keep) {
  /** 64 MiB, 8 MiB reserved, 256 KiB last room, segments of 1 MiB, 7 days. */
  public static final SpoolLimits DEFAULT =
      new SpoolLimits(64L << 20, 8L << 20, 256L << 10, 1L << 20, Duration.ofDays(7));

  public SpoolLimits {
    if (!(0 < lastRoom && lastRoom < reserve && reserve < capacity && 0 < segment)
        || keep.isNegative()) {
      throw new IllegalArgumentException("0 < lastRoom < reserve < capacity, 0 < segment");
    }
  }
}
