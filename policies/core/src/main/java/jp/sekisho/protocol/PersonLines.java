package jp.sekisho.protocol;

import java.util.List;

/**
 * One person in an {@link OrderPreview}.
 *
 * @param head who, and whether new
 * @param lines what changes, one step each
 */
public record PersonLines(String head, List<String> lines) {
  public PersonLines {
    lines = List.copyOf(lines);
  }
}
