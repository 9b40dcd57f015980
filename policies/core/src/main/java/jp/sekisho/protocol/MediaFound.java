package jp.sekisho.protocol;

import java.util.List;

/**
 * A count of the media (棚卸): {@code POST /api/v1/media/count}.
 *
 * @param reference the document of the count
 * @param found numbers written on the media that are there
 */
public record MediaFound(String reference, List<String> found) {
  public MediaFound {
    found = List.copyOf(found);
  }
}
