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
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ListenerSettings;
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
  private final RelyingRefusals refusals;

  RelyingReportController(
      RelyingIntake intake,
      RelyingReports reports,
      RelyingSigns signs,
      Transactions transactions,
      RelyingRefusals refusals,
      Answers answers) {
    this.intake = intake;
    this.reports = reports;
    this.signs = signs;
    this.transactions = transactions;
    this.refusals = refusals;
    this.answers = answers;
  }

  @Post
  HttpResponse<?> events(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingRecords batch = WireJson.read(body, RelyingRecords.class);
    RelyingService service = AgentPort.service(request);
    if (!batch.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-events", Refusal.SERVICE_REALM);
    }
    return switch (intake.take(service, batch)) {
      case RelyingIntake.Outcome.Taken(long seq) -> {
        signs.reported(service);
        yield answers.ok(new RelyingRecordsTaken(seq));
      }
      case RelyingIntake.Outcome.Refused(Refusal reason) ->
          refusals.refuse(request, service, "service-events", reason);
    };
  }

  @Post("/held")
  HttpResponse<?> held(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingEvents asked = WireJson.read(body, RelyingEvents.class);
    RelyingService service = AgentPort.service(request);
    if (!asked.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-events-held", Refusal.SERVICE_REALM);
    }
    if (asked.ids().size() > RelyingRecords.MOST) {
      return refusals.refuse(request, service, "service-events-held", Refusal.INPUT_MALFORMED);
    }
    List<String> missing =
        transactions.read(handle -> reports.missing(handle, service.name(), asked.ids()));
    return answers.ok(new RelyingEventsMissing(missing));
  }
}
