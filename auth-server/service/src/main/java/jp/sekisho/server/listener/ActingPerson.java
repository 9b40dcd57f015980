package jp.sekisho.server.listener;

import io.micronaut.http.HttpRequest;
import java.util.Optional;
import java.util.function.Supplier;
import jp.sekisho.protocol.event.Entry;

/**
 * Who acts by a request: asked when it ended in an error, so that what a person began and did not
 * get done stands in the log with their name.
 */
@FunctionalInterface
public interface ActingPerson {
  /**
   * Reads what the request shows, at once and without waiting.
   *
   * @return finds the person by it, where somebody is logged in; may wait for the database
   */
  Supplier<Optional<Entry.Subject>> of(HttpRequest<?> request);
}
