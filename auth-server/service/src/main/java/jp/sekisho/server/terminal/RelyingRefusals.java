package jp.sekisho.server.terminal;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import jakarta.inject.Singleton;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.storage.Transactions;

/** What relying services are refused: an answer and an entry, on every route. Thread-safe. */
@Singleton
@Requires(beans = ListenerSettings.class)
public final class RelyingRefusals {
  private final Transactions transactions;
  private final Answers answers;
  private final PerMinute bound = new PerMinute();

  RelyingRefusals(Transactions transactions, Answers answers) {
    this.transactions = transactions;
    this.answers = answers;
  }

  /**
   * Refuses; one entry per service, route, reason and minute.
   *
   * @param route word for the route, as the entry has it
   */
  public HttpResponse<?> refuse(
      HttpRequest<?> request, RelyingService service, String route, Refusal reason) {
    PerMinute.Call call = bound.call();
    transactions.write(change -> {
      if (call.first(service.name() + " " + route + " " + reason, change.now())) {
        change.record(Entry.Subject.NONE, new RelyingEvent.Refused(service.name(), route, reason));
      } else {
        change.unchanged();
      }
      return null;
    });
    return answers.refuse(reason, request);
  }
}
