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
import java.util.Map;
import java.util.function.Function;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Overview;
import jp.sekisho.server.grant.Reviews;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.web.GrantsPage.Content;
import jp.sekisho.server.web.GrantsPage.Form;
import org.jspecify.annotations.Nullable;

/** The third page: exceptions, the form for a new one, and one with its exact text. */
@Controller("/grants")
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class GrantsController {
  private final Pages pages;
  private final Overview overview;
  private final Looks looks;
  private final Reviews reviews;
  private final Answers answers;

  GrantsController(Pages pages, Overview overview, Looks looks, Reviews reviews, Answers answers) {
    this.pages = pages;
    this.overview = overview;
    this.looks = looks;
    this.reviews = reviews;
    this.answers = answers;
  }

  @Get
  @Produces(MediaType.ALL)
  HttpResponse<?> list(HttpRequest<?> request) {
    return page(request, HttpStatus.OK, session -> list(request, session, null));
  }

  @Get("/{id}")
  @Produces(MediaType.ALL)
  HttpResponse<?> one(HttpRequest<?> request, @PathVariable String id) {
    Words words = pages.frame(request).words();
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Active(Session session) ->
          looks
              .grant(session, id)
              .<HttpResponse<?>>map(
                  view -> page(request, HttpStatus.OK, _ -> shown(session, view, words)))
              .orElseGet(() ->
                  page(
                      request,
                      HttpStatus.NOT_FOUND,
                      _ -> list(request, session, unknown(request))));
      case Resolution.Suspended _, Resolution.Refused _ -> list(request);
    };
  }

  private Content shown(Session session, GrantView view, Words words) {
    Form form =
        view.actions().contains("correct")
            ? GrantsContent.mending(overview.offer(session), view, words)
            : null;
    return new Content(List.of(), form, null, GrantsContent.row(view, words), null);
  }

  private RefusalText unknown(HttpRequest<?> request) {
    return RefusalText.of(
        Refusal.GRANT_UNKNOWN, Answers.language(request), Map.of("help", answers.helpLine()));
  }

  private Content list(HttpRequest<?> request, Session session, @Nullable RefusalText notice) {
    Words words = pages.frame(request).words();
    Form form = GrantsContent.form(overview.offer(session), session, words);
    return new Content(
        looks.grants(session).grants().stream()
            .map(view -> GrantsContent.row(view, words))
            .toList(),
        form,
        reviews.decides(session)
            ? GrantsContent.deputies(looks.deputies(session), reviews.now(), words)
            : null,
        null,
        notice);
  }

  private HttpResponse<?> page(
      HttpRequest<?> request, HttpStatus status, Function<Session, Content> content) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) ->
          render(request, status, session, content.apply(session));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    GrantsPage page =
        new GrantsPage(pages.frame(request), session.person(), session.terminal(), content);
    return pages.page(status, request, "grants.jte", "page", page);
  }
}
