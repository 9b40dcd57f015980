package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;

/** The root sheet of a 機関's log, for its auditors to print, seal and keep. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SheetController {
  private final Pages pages;
  private final Auditors auditors;
  private final Installation installation;
  private final Answers answers;

  SheetController(Pages pages, Auditors auditors, Installation installation, Answers answers) {
    this.pages = pages;
    this.auditors = auditors;
    this.installation = installation;
    this.answers = answers;
  }

  @Get("/log-sheet")
  @Produces(MediaType.ALL)
  HttpResponse<?> sheet(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          pages.page(
              HttpStatus.LOCKED,
              request,
              "sheet.jte",
              "page",
              new SheetPage(pages.frame(request), session.person(), session.terminal(), null));
      case Resolution.Active(Session session) -> sheet(request, session);
    };
  }

  private HttpResponse<?> sheet(HttpRequest<?> request, Session session) {
    String log = PageController.log(request, session);
    if (!auditors.reads(session, log)) {
      installation
          .transactions()
          .write(change ->
              change.record(
                  session.subject(),
                  new LogEvent.Refused(
                      installation.logs().names().contains(log) ? log : session.organ(),
                      Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    Frame frame = pages.frame(request);
    Instant now = installation.clock().instant();
    String organ =
        installation
            .transactions()
            .read(handle -> new Persons(installation.seal()).organName(handle, log))
            .orElse(log);
    SheetContent content =
        RootSheet.of(
            organ,
            installation.logs().newest(log).checkpoint(),
            installation.logs().verifierKey(log),
            now,
            frame.words());
    installation
        .transactions()
        .write(change ->
            change.record(
                session.subject(),
                new LogEvent.SheetMade(log, Long.parseLong(content.size()), content.root())));
    return pages.page(
        HttpStatus.OK,
        request,
        "sheet.jte",
        "page",
        new SheetPage(frame, session.person(), session.terminal(), content));
  }
}
