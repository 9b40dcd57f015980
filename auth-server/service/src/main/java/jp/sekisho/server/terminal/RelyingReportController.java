package jp.sekisho.server.terminal;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingEvents;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingRecordsTaken;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.storage.Transactions;

/**
 * Events of relying services themselves, on the agents' port: {@code docs/adr/0023-sso-events.md}.
 */
@Controller(value = "/agent/v1/services/events", port = AgentPort.PORT)
@Requires(beans = ListenerSettings.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class RelyingReportController {
  private final RelyingIntake intake;
  private final RelyingReports reports;
  private final RelyingSigns signs;
  private final Transactions transactions;
  private final Answers answers;
  private final PerMinute bound = new PerMinute();

  RelyingReportController(
      RelyingIntake intake,
      RelyingReports reports,
      RelyingSigns signs,
      Transactions transactions,
      Answers answers) {
    this.intake = intake;
    this.reports = reports;
    this.signs = signs;
    this.transactions = transactions;
    this.answers = answers;
  }

  @Post
  HttpResponse<?> events(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingRecords batch = WireJson.read(body, RelyingRecords.class);
    RelyingService service = AgentPort.service(request);
    if (!batch.realm().equals(service.realm())) {
      return refuse(request, service, "service-events", Refusal.SERVICE_REALM);
    }
    return switch (intake.take(service, batch)) {
      case RelyingIntake.Outcome.Taken(long seq) -> {
        signs.reported(service);
        yield answers.ok(new RelyingRecordsTaken(seq));
      }
      case RelyingIntake.Outcome.Refused(Refusal reason) ->
          refuse(request, service, "service-events", reason);
    };
  }

  @Post("/held")
  HttpResponse<?> held(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingEvents asked = WireJson.read(body, RelyingEvents.class);
    RelyingService service = AgentPort.service(request);
    if (!asked.realm().equals(service.realm())) {
      return refuse(request, service, "service-events-held", Refusal.SERVICE_REALM);
    }
    if (asked.ids().size() > RelyingRecords.MOST) {
      return refuse(request, service, "service-events-held", Refusal.INPUT_MALFORMED);
    }
    List<String> missing =
        transactions.read(handle -> reports.missing(handle, service.name(), asked.ids()));
    return answers.ok(new RelyingEventsMissing(missing));
  }

  /** One entry per service, route, reason and minute. */
  private HttpResponse<?> refuse(
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
