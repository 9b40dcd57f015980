package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedEmergency;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.emergency.Emergencies;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.EmergenciesPage.Row;
import org.jspecify.annotations.Nullable;

/**
 * {@code /emergencies} and {@code /api/v1/emergencies}: 緊急時の例外措置 that terminals told of, their
 * reports and confirmations.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class EmergencyController {
  private static final String NOTHING = "—";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(LogFilter.JAPAN);

  private final Pages pages;
  private final Emergencies emergencies;
  private final Looks looks;
  private final Answers answers;

  EmergencyController(Pages pages, Emergencies emergencies, Looks looks, Answers answers) {
    this.pages = pages;
    this.emergencies = emergencies;
    this.looks = looks;
    this.answers = answers;
  }

  @Get("/emergencies")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) ->
          render(request, HttpStatus.OK, session, rows(request, session));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable List<Row> rows) {
    EmergenciesPage page =
        new EmergenciesPage(pages.frame(request), session.person(), session.terminal(), rows);
    return pages.page(status, request, "emergencies.jte", "page", page);
  }

  private List<Row> rows(HttpRequest<?> request, Session session) {
    Words words = pages.frame(request).words();
    List<Row> rows = new ArrayList<>();
    for (EmergencyView view : looks.emergencies(session).emergencies()) {
      rows.add(row(view, rows.size() + 1, words));
    }
    return rows;
  }

  private static Row row(EmergencyView view, int number, Words words) {
    ReportedEmergency report = view.report();
    String medium = view.medium();
    return new Row(
        number,
        view.id(),
        view.state(),
        words.text("web.grant.state.emergency." + view.state()),
        view.overdue(),
        view.terminal(),
        view.person(),
        String.join(", ", view.approvers()),
        (medium == null ? words.text("web.emergency.unregistered") : medium)
            + " ("
            + view.fingerprint()
            + ")",
        words.text("web.grant.state.reason." + view.reason()),
        view.minutes(),
        time(view.openedAt()),
        view.closedAt() == null ? NOTHING : time(view.closedAt()) + " (" + view.cause() + ")",
        time(view.arrivedAt()),
        time(view.due()),
        report,
        report == null ? NOTHING : report.by() + " (" + time(report.at()) + ")",
        view.confirmedBy() == null
            ? NOTHING
            : view.confirmedBy() + " (" + time(view.confirmedAt()) + ")",
        view.actions());
  }

  private static String time(@Nullable String instant) {
    return instant == null ? NOTHING : TIME.format(Instant.parse(instant));
  }

  @Get("/api/v1/emergencies")
  HttpResponse<?> list(HttpRequest<?> request) {
    return answers.ok(looks.emergencies(CurrentSession.active(request)));
  }

  @Post("/api/v1/emergencies/{id}/report")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> report(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    EmergencyReport said = WireJson.read(body, EmergencyReport.class);
    return StepAnswers.json(
        answers,
        request,
        HttpStatus.OK,
        emergencies.report(CurrentSession.active(request), id, said));
  }

  @Post("/api/v1/emergencies/{id}/confirm")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> confirm(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    ConfirmedReport shown = WireJson.read(body, ConfirmedReport.class);
    return StepAnswers.json(
        answers,
        request,
        HttpStatus.OK,
        emergencies.confirm(CurrentSession.active(request), id, shown));
  }
}
