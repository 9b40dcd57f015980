package jp.sekisho.policy.setting;

import java.util.List;
import jp.sekisho.protocol.MalformedException;

/**
 * The form of a value: how the compiled policy has it, within its bounds.
 *
 * @param <T> the value
 */
public interface Shape<T> {
  /** How a person writes it in a policy's source. */
  enum Written {
    /** As the compiled policy has it. */
    PLAIN,
    /** A number and its unit: {@code 7d}, {@code 12h}, {@code 15m}, {@code 90s}. */
    DURATION,
    /** A number and its unit: {@code 64KiB}, {@code 10MiB}, {@code 1GiB}, {@code 0B}. */
    SIZE
  }

  /**
   * The value of {@code json}: a {@code Long}, {@code String}, {@code Boolean}, {@code List} or
   * {@code Map}.
   *
   * @throws MalformedException unless it has this form and lies within the bounds
   */
  T read(Object json) throws MalformedException;

  /** What {@link #read} reads as {@code value}. */
  Object write(T value);

  /** How a person writes it. */
  default Written written() {
    return Written.PLAIN;
  }

  /** The smallest and the largest value; empty for one without. */
  default List<T> bounds() {
    return List.of();
  }
}
