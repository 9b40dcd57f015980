package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Papers.Paper;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;

/** The printed forms of exceptions: 申請書, 許可書 and the 持出簿 of a month. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PaperController {
  private final Pages pages;
  private final Looks looks;
  private final FormTemplates templates;
  private final Installation installation;
  private final Answers answers;

  PaperController(
      Pages pages,
      Looks looks,
      FormTemplates templates,
      Installation installation,
      Answers answers) {
    this.pages = pages;
    this.looks = looks;
    this.templates = templates;
    this.installation = installation;
    this.answers = answers;
  }

  @Get("/grants/{id}/request")
  @Produces(MediaType.ALL)
  HttpResponse<?> request(HttpRequest<?> request, @PathVariable String id) {
    return page(
        request,
        session -> looks.paper(session, id).map(paper -> one(request, session, paper, false)),
        Refusal.GRANT_UNKNOWN);
  }

  @Get("/grants/{id}/permit")
  @Produces(MediaType.ALL)
  HttpResponse<?> permit(HttpRequest<?> request, @PathVariable String id) {
    return page(
        request,
        session ->
            looks
                .paper(session, id)
                .filter(paper -> !paper.signatures().isEmpty())
                .map(paper -> one(request, session, paper, true)),
        Refusal.GRANT_UNKNOWN);
  }

  @Get("/grants-register")
  @Produces(MediaType.ALL)
  HttpResponse<?> register(HttpRequest<?> request) {
    YearMonth month;
    try {
      month =
          request
              .getParameters()
              .getFirst("month")
              .map(YearMonth::parse)
              .orElseGet(
                  () -> YearMonth.from(installation.clock().instant().atZone(LogFilter.JAPAN)));
    } catch (DateTimeException e) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    return page(
        request,
        session ->
            looks
                .register(session, month)
                .map(lines ->
                    PaperContent.register(
                        lines,
                        month,
                        templates.of(session.organ()),
                        installation.clock().instant(),
                        pages.frame(request).words())),
        Refusal.ROLE_MISSING);
  }

  private PaperPage.Content one(
      HttpRequest<?> request, Session session, Paper paper, boolean permit) {
    return PaperContent.form(
        paper,
        permit,
        templates.of(session.organ()),
        installation.clock().instant(),
        pages.frame(request).words());
  }

  private HttpResponse<?> page(
      HttpRequest<?> request,
      Function<Session, Optional<PaperPage.Content>> content,
      Refusal otherwise) {
    return CurrentSession.page(request, answers, otherwise, content, pages.paper(request));
  }
}
