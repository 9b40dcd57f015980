package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.measure.MeasureRegister;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.MeasuresPage.Content;

/** The register of exceptional measures (例外措置), one of them with its exact text, and its papers. */
@Controller("/measures")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class MeasuresController {
  private final Pages pages;
  private final MeasureRegister register;
  private final Looks looks;
  private final FormTemplates templates;
  private final Installation installation;
  private final Answers answers;

  MeasuresController(
      Pages pages,
      MeasureRegister register,
      Looks looks,
      FormTemplates templates,
      Installation installation,
      Answers answers) {
    this.pages = pages;
    this.register = register;
    this.looks = looks;
    this.templates = templates;
    this.installation = installation;
    this.answers = answers;
  }

  @Get
  @Produces(MediaType.ALL)
  HttpResponse<?> list(HttpRequest<?> request) {
    return page(
        request,
        Refusal.ROLE_MISSING,
        session ->
            looks
                .measures(session)
                .map(found -> {
                  Words words = pages.frame(request).words();
                  return new Content(
                      found.measures().stream()
                          .map(view -> MeasuresContent.row(view, words))
                          .toList(),
                      found.outOfStep().stream()
                          .map(one -> MeasuresContent.line(one, words))
                          .toList(),
                      register.asks(session) ? MeasuresContent.form(register.today()) : null,
                      null);
                }));
  }

  @Get("/{id}")
  @Produces(MediaType.ALL)
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    return page(
        request,
        Refusal.MEASURE_UNKNOWN,
        session ->
            looks
                .measure(session, id)
                .map(view ->
                    new Content(
                        List.of(),
                        List.of(),
                        view.actions().contains("renew") ? MeasuresContent.renewal(view) : null,
                        MeasuresContent.row(view, pages.frame(request).words()))));
  }

  @Get("/{id}/request")
  @Produces(MediaType.ALL)
  HttpResponse<?> request(HttpRequest<?> request, @PathVariable String id) {
    return paper(request, id, false);
  }

  @Get("/{id}/permit")
  @Produces(MediaType.ALL)
  HttpResponse<?> permit(HttpRequest<?> request, @PathVariable String id) {
    return paper(request, id, true);
  }

  private HttpResponse<?> paper(HttpRequest<?> request, String id, boolean permit) {
    return CurrentSession.page(
        request,
        answers,
        Refusal.MEASURE_UNKNOWN,
        session ->
            looks
                .measurePaper(session, id)
                .filter(paper -> !permit || isSigned(paper.view()))
                .map(paper ->
                    MeasuresContent.paper(
                        paper,
                        permit,
                        templates.of(session.organ()),
                        installation.clock().instant(),
                        pages.frame(request).words())),
        pages.paper(request));
  }

  private static boolean isSigned(MeasureView view) {
    return view.signature() != null;
  }

  private HttpResponse<?> page(
      HttpRequest<?> request, Refusal otherwise, Function<Session, Optional<Content>> content) {
    return CurrentSession.page(
        request,
        answers,
        otherwise,
        content,
        (session, shown) ->
            pages.page(
                shown == null ? HttpStatus.LOCKED : HttpStatus.OK,
                request,
                "measures.jte",
                "page",
                new MeasuresPage(
                    pages.frame(request), session.person(), session.terminal(), shown)));
  }
}
