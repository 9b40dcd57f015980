package jp.sekisho.protocol;

import java.util.List;

/**
 * What a count of the media found; it stands in the log as {@code medium.counted}.
 *
 * @param expected how many are registered and in use
 * @param present how many of these were found
 * @param missing registered, not lent out, and not found
 * @param out not found, but lent out under an exception
 * @param unreturned found, but their return was never confirmed
 * @param foreign found, but not registered here or disposed of
 */
public record MediaCounted(
    String reference,
    int expected,
    int present,
    List<String> missing,
    List<String> out,
    List<String> unreturned,
    List<String> foreign) {
  public MediaCounted {
    missing = List.copyOf(missing);
    out = List.copyOf(out);
    unreturned = List.copyOf(unreturned);
    foreign = List.copyOf(foreign);
  }
}
