package jp.sekisho.protocol;

import java.util.List;

/**
 * A relying service compares its own event store with our log: {@code POST
 * /agent/v1/services/events/held}.
 *
 * @param realm the registered realm
 * @param ids of events, at most {@link RelyingRecords#MOST}, of the last seven days
 */
public record RelyingEvents(String realm, List<String> ids) {
  public RelyingEvents {
    ids = List.copyOf(ids);
  }
}
