package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;

/**
 * A body that is not of its route's form is refused with INPUT_MALFORMED. Without a handler of its
 * own Micronaut would call it an unexpected error and write a stack trace into the service's log,
 * which any caller could fill.
 */
@Singleton
@Requires(beans = ListenerSettings.class)
final class Malformed implements ExceptionHandler<MalformedException, HttpResponse<?>> {
  private final Answers answers;

  Malformed(Answers answers) {
    this.answers = answers;
  }

  @Override
  @SuppressWarnings("rawtypes") // as Micronaut declares it
  public HttpResponse<?> handle(HttpRequest request, MalformedException exception) {
    return answers.refuse(Refusal.INPUT_MALFORMED, request);
  }
}
