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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.breach.BreachRegister;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.BreachesPage.Content;

/** The cases of 漏えい等, one of them, and the form to print for the 個人情報保護委員会. */
@Controller("/breaches")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class BreachesController {
  private final Pages pages;
  private final BreachRegister register;
  private final Looks looks;
  private final FormTemplates templates;
  private final Installation installation;
  private final Answers answers;

  BreachesController(
      Pages pages,
      BreachRegister register,
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
    Instant now = installation.clock().instant();
    Words words = pages.frame(request).words();
    return page(
        request,
        Refusal.ROLE_MISSING,
        session ->
            looks
                .breaches(session)
                .map(found ->
                    new Content(
                        found.breaches().stream()
                            .map(view -> BreachesContent.row(view, now, words))
                            .toList(),
                        BreachesContent.field(now),
                        null)));
  }

  @Get("/{id}")
  @Produces(MediaType.ALL)
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    Instant now = installation.clock().instant();
    Words words = pages.frame(request).words();
    return page(
        request,
        Refusal.BREACH_UNKNOWN,
        session ->
            looks
                .breach(session, id)
                .map(view -> new Content(List.of(), "", BreachesContent.row(view, now, words))));
  }

  @Get("/{id}/paper")
  @Produces(MediaType.ALL)
  HttpResponse<?> paper(HttpRequest<?> request, @PathVariable String id) {
    return CurrentSession.page(
        request,
        answers,
        Refusal.BREACH_UNKNOWN,
        session ->
            looks
                .breach(session, id)
                .map(view ->
                    BreachesContent.paper(
                        view,
                        register.organ(session),
                        templates.of(session.organ()),
                        installation.clock().instant(),
                        pages.frame(request).words())),
        pages.paper(request));
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
                "breaches.jte",
                "page",
                new BreachesPage(
                    pages.frame(request), session.person(), session.terminal(), shown)));
  }
}
