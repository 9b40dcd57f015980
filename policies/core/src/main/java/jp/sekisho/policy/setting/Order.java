package jp.sekisho.policy.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Which of two values is stricter.
 *
 * <p>{@link #meet} of two values permits nothing that either forbids, whatever the two are: it is
 * what a terminal obeys when two layers differ. Except for the order of lists, and for {@link
 * #fixed} facts, it does not depend on which comes first.
 *
 * @param <T> values of a setting
 */
public abstract class Order<T> {
  private Order() {}

  /** A value at least as strict as both. */
  public abstract T meet(T one, T other);

  /** Whether {@code lower} permits nothing that {@code upper} forbids. */
  public abstract boolean tightens(T lower, T upper);

  /** How {@code now} compares with {@code before}. */
  public Comparison compare(T before, T now) {
    boolean tighter = tightens(now, before);
    boolean looser = tightens(before, now);
    if (tighter) {
      return looser ? Comparison.SAME : Comparison.STRICTER;
    }
    return looser ? Comparison.WIDER : Comparison.OTHER;
  }

  /** The smaller value is the stricter; of an enum the one declared first. */
  public static <T extends Comparable<? super T>> Order<T> smaller() {
    return new Order<>() {
      @Override
      public T meet(T one, T other) {
        return one.compareTo(other) <= 0 ? one : other;
      }

      @Override
      public boolean tightens(T lower, T upper) {
        return lower.compareTo(upper) <= 0;
      }
    };
  }

  /** The larger value is the stricter: how long a log is kept. */
  public static <T extends Comparable<? super T>> Order<T> larger() {
    return new Order<>() {
      @Override
      public T meet(T one, T other) {
        return one.compareTo(other) >= 0 ? one : other;
      }

      @Override
      public boolean tightens(T lower, T upper) {
        return lower.compareTo(upper) >= 0;
      }
    };
  }

  /** Fewer items are stricter: what is permitted. */
  public static <T> Order<List<T>> fewer() {
    return covered(Object::equals);
  }

  /**
   * Fewer and narrower items are stricter.
   *
   * @param covers whether its first permits all that its second does
   */
  public static <T> Order<List<T>> covered(BiPredicate<T, T> covers) {
    return new Order<>() {
      @Override
      public List<T> meet(List<T> one, List<T> other) {
        List<T> both = new ArrayList<>();
        one.stream().filter(item -> isCovered(item, other)).forEach(both::add);
        other.stream()
            .filter(item -> isCovered(item, one) && !both.contains(item))
            .forEach(both::add);
        return List.copyOf(both);
      }

      @Override
      public boolean tightens(List<T> lower, List<T> upper) {
        return lower.stream().allMatch(item -> isCovered(item, upper));
      }

      private boolean isCovered(T item, List<T> by) {
        return by.stream().anyMatch(wide -> covers.test(wide, item));
      }
    };
  }

  /** More items are stricter: what is demanded. */
  public static <T> Order<List<T>> more() {
    return new Order<>() {
      @Override
      public List<T> meet(List<T> one, List<T> other) {
        List<T> all = new ArrayList<>(one);
        other.stream().filter(item -> !all.contains(item)).forEach(all::add);
        return List.copyOf(all);
      }

      @Override
      public boolean tightens(List<T> lower, List<T> upper) {
        return lower.containsAll(upper);
      }
    };
  }

  /**
   * Neither of two different values is stricter: a fact, such as the opening days. What the common
   * layer says of it holds ({@link #meet} is its first), and no lower layer may say something else.
   */
  public static <T> Order<T> fixed() {
    return new Order<>() {
      @Override
      public T meet(T one, T other) {
        return one;
      }

      @Override
      public boolean tightens(T lower, T upper) {
        return lower.equals(upper);
      }
    };
  }
}
