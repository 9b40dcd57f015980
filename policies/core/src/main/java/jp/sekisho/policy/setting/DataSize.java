package jp.sekisho.policy.setting;

/**
 * An amount of data.
 *
 * @param bytes not negative
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  /** Nothing at all. */
  public static final DataSize NONE = new DataSize(0);

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};

  /** Checks that it is not negative. */
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is negative");
    }
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the largest unit that leaves a whole number, such as {@code 64KiB}. */
  @Override
  public String toString() {
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + UNITS[unit];
  }
}
