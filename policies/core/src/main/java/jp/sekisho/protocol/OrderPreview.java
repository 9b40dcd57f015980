package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a personnel file (発令) would change, in words of the page's language: {@code POST
 * /api/v1/people/check}. Nothing was changed yet.
 *
 * @param file base64url SHA-256 of the file: what the proof by card is bound to
 * @param effective first day on which it makes a difference; absent when nothing changes
 * @param persons each person changed, in the order of the file
 * @param faults why it cannot be taken; empty when it can
 * @param notes offices that run empty by themselves
 */
public record OrderPreview(
    String file,
    @Nullable String effective,
    int unchanged,
    List<PersonLines> persons,
    List<String> faults,
    List<String> notes) {
  public OrderPreview {
    persons = List.copyOf(persons);
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
  }
}
