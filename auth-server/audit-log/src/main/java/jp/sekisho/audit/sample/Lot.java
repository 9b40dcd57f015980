package jp.sekisho.audit.sample;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A lot over the entries of a log: the same origin, size, seed and count always draw the same
 * indexes, whoever draws them.
 *
 * <p>The algorithm, byte for byte. For i = 0, 1, 2, …: let h be SHA-256 of the ASCII text {@code
 * "sekisho/sample/v1\n" origin "\n" size "\n" seed "\n" i "\n"} (numbers decimal without leading
 * zeros, seed as 32 lower-case hexadecimal digits) and x its first eight bytes as an unsigned
 * big-endian integer. If x ≥ 2⁶⁴ − (2⁶⁴ mod size), pass over it, so that every index is equally
 * likely; else x mod size is drawn, unless it was before. Stop when {@code count} indexes, or all,
 * are drawn. The count is no input, so a larger sample contains the smaller one.
 *
 * @param origin of the log
 * @param size how many entries it is drawn from, at least 0
 * @param seed 32 lower-case hexadecimal digits, drawn by a random generator and recorded before
 *     anybody sees what it gives
 */
public record Lot(String origin, long size, String seed) {
  /** Most entries of one sample. */
  public static final int MAX_COUNT = 10_000;

  private static final Pattern SEED = Pattern.compile("[0-9a-f]{32}");

  /**
   * @throws IllegalArgumentException for a size below 0 or a seed of another form
   */
  public Lot {
    if (size < 0 || !isSeed(seed)) {
      throw new IllegalArgumentException("size or seed");
    }
  }

  /** Whether {@code text} has the form of a seed. */
  public static boolean isSeed(String text) {
    return SEED.matcher(text).matches();
  }

  /**
   * Draws.
   *
   * @param count 1 to {@value #MAX_COUNT}
   * @return that many different indexes, or all there are, ascending
   */
  public List<Long> draw(int count) {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException("a sample has 1 to " + MAX_COUNT + " entries");
    }
    TreeSet<Long> drawn = new TreeSet<>();
    long wanted = Math.min(count, size);
    for (long i = 0; drawn.size() < wanted; i++) {
      long x = number(i);
      // 2^64 mod size, without 65 bits: (2^64 - size) mod size.
      long excess = Long.remainderUnsigned(-size, size);
      boolean fair = excess == 0 || Long.compareUnsigned(x, -excess) < 0;
      if (fair) {
        drawn.add(Long.remainderUnsigned(x, size));
      }
    }
    return List.copyOf(drawn);
  }

  private long number(long i) {
    String text = "sekisho/sample/v1\n" + origin + "\n" + size + "\n" + seed + "\n" + i + "\n";
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
