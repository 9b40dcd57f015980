package jp.sekisho.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * Where a layer below the common one holds: {@code mayor}, {@code mayor/tax} or {@code
 * mayor/tax/desk}.
 *
 * @param organ id of the 機関
 * @param division id of the 課; null for the whole 機関
 * @param group id of the 端末グループ; null for the whole 課
 */
public record LayerScope(String organ, @Nullable String division, @Nullable String group)
    implements Comparable<LayerScope> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern SLASH = Pattern.compile("/");

  /** Checks every name: the form of an organ's id. */
  public LayerScope {
    List<String> names = new ArrayList<>(List.of(organ));
    if (division != null) {
      names.add(division);
    }
    if (group != null) {
      names.add(group);
    }
    if (!names.stream().allMatch(name -> NAME.matcher(name).matches())
        || (group != null && division == null)) {
      throw new IllegalArgumentException("not the scope of a layer");
    }
  }

  /** The scope written as {@code text}. */
  public static LayerScope parse(String text) throws MalformedException {
    String[] names = SLASH.split(text, -1);
    if (names.length > 3) {
      throw new MalformedException("not the scope of a layer");
    }
    try {
      return new LayerScope(
          names[0], names.length > 1 ? names[1] : null, names.length > 2 ? names[2] : null);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("not the scope of a layer");
    }
  }

  /** Which layer it is. */
  public Layer layer() {
    if (group != null) {
      return Layer.GROUP;
    }
    return division == null ? Layer.ORGAN : Layer.DIVISION;
  }

  /** Its one written form. */
  public String text() {
    return organ + (division == null ? "" : "/" + division) + (group == null ? "" : "/" + group);
  }

  /** By the written form. */
  @Override
  public int compareTo(LayerScope other) {
    return text().compareTo(other.text());
  }
}
