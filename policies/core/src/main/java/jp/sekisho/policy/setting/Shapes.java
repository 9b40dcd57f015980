package jp.sekisho.policy.setting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;

/** The forms that settings have. */
public final class Shapes {
  private Shapes() {}

  /** A duration from {@code min} to {@code max}, a whole number of {@code unit}; in seconds. */
  public static Shape<Duration> duration(Duration min, Duration max, Duration unit) {
    return new Shape<>() {
      @Override
      public Duration read(Object json) throws MalformedException {
        long seconds = number(json, min.toSeconds(), max.toSeconds());
        if (seconds % unit.toSeconds() != 0) {
          throw new MalformedException("a duration is no multiple of " + unit);
        }
        return Duration.ofSeconds(seconds);
      }

      @Override
      public Object write(Duration value) {
        return value.toSeconds();
      }

      @Override
      public Written written() {
        return Written.DURATION;
      }

      @Override
      public List<Duration> bounds() {
        return List.of(min, max);
      }
    };
  }

  /** A size of at most {@code max}; in bytes. */
  public static Shape<DataSize> size(DataSize max) {
    return new Shape<>() {
      @Override
      public DataSize read(Object json) throws MalformedException {
        return new DataSize(number(json, 0, max.bytes()));
      }

      @Override
      public Object write(DataSize value) {
        return value.bytes();
      }

      @Override
      public Written written() {
        return Written.SIZE;
      }

      @Override
      public List<DataSize> bounds() {
        return List.of(DataSize.NONE, max);
      }
    };
  }

  /** A whole number. */
  public static Shape<Integer> count(int min, int max) {
    return new Shape<>() {
      @Override
      public Integer read(Object json) throws MalformedException {
        return (int) number(json, min, max);
      }

      @Override
      public Object write(Integer value) {
        return value.longValue();
      }

      @Override
      public List<Integer> bounds() {
        return List.of(min, max);
      }
    };
  }

  /** One word of an enum: {@code GRANT_ONLY} is {@code grant-only}. */
  public static <E extends Enum<E>> Shape<E> word(Class<E> type) {
    return new Shape<>() {
      @Override
      public E read(Object json) throws MalformedException {
        for (E constant : type.getEnumConstants()) {
          if (Shapes.text(constant).equals(json)) {
            return constant;
          }
        }
        throw new MalformedException("no " + type.getSimpleName());
      }

      @Override
      public Object write(E value) {
        return Shapes.text(value);
      }
    };
  }

  /** A text of a pattern. */
  public static Shape<String> text(Pattern pattern) {
    return new Shape<>() {
      @Override
      public String read(Object json) throws MalformedException {
        if (json instanceof String text && pattern.matcher(text).matches()) {
          return text;
        }
        throw new MalformedException("not a text of its form");
      }

      @Override
      public Object write(String value) {
        return value;
      }
    };
  }

  /** From {@code min} to {@code max} items, none twice. */
  public static <T> Shape<List<T>> list(Shape<T> item, int min, int max) {
    return new Shape<>() {
      @Override
      public List<T> read(Object json) throws MalformedException {
        if (!(json instanceof List<?> items)) {
          throw new MalformedException("not a list");
        }
        if (items.size() < min || items.size() > max) {
          throw new MalformedException("not " + min + " to " + max + " items");
        }
        List<T> list = new ArrayList<>();
        for (Object one : items) {
          list.add(item.read(one));
        }
        if (new HashSet<>(list).size() != list.size()) {
          throw new MalformedException("an item stands there twice");
        }
        return List.copyOf(list);
      }

      @Override
      public Object write(List<T> value) {
        return value.stream().map(item::write).toList();
      }
    };
  }

  /** A list of words, none twice. */
  public static <E extends Enum<E>> Shape<List<E>> words(Class<E> type, int min) {
    return list(word(type), min, type.getEnumConstants().length);
  }

  /** A constant as policies have it. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static long number(Object json, long min, long max) throws MalformedException {
    if (json instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw new MalformedException("not a whole number from " + min + " to " + max);
  }
}
