package jp.sekisho.protocol;

import java.util.List;

/**
 * The answer to {@link RelyingEvents}.
 *
 * @param missing those that no entry of our log has
 */
public record RelyingEventsMissing(List<String> missing) {
  public RelyingEventsMissing {
    missing = List.copyOf(missing);
  }
}
