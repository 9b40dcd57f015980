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
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.util.List;
import jp.sekisho.protocol.AnswerAccepted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostChoice;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.ActingPosts;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardNews;
import jp.sekisho.server.cli.PersonWords;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.webauthn.Passkeys;
import org.jspecify.annotations.Nullable;

/** Choosing the acting post after the login; the only thing an undecided session can do. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PostController {
  private final Pages pages;
  private final ActingPosts posts;
  private final Directory directory;
  private final Passkeys passkeys;
  private final CardNews cards;
  private final Installation installation;
  private final Answers answers;

  PostController(Pages pages, ActingPosts posts, Installation installation, Answers answers) {
    this.pages = pages;
    this.posts = posts;
    this.directory = new Directory(installation.seal());
    this.passkeys = new Passkeys(installation.seal());
    this.cards = new Authenticators(installation.seal()).news();
    this.installation = installation;
    this.answers = answers;
  }

  @Get("/post")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) when !session.isUndecided() ->
          HttpResponse.seeOther(URI.create("/log"));
      case Resolution.Active(Session session) ->
          render(request, HttpStatus.OK, session, choices(session, request));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request,
      HttpStatus status,
      Session session,
      @Nullable List<PostPage.Choice> choices) {
    PostPage page =
        new PostPage(pages.frame(request), session.person(), session.terminal(), choices);
    return pages.page(status, request, "post.jte", "page", page);
  }

  private List<PostPage.Choice> choices(Session session, HttpRequest<?> request) {
    PersonWords said = new PersonWords(Answers.language(request));
    return posts.choices(session).stream()
        .map(choice ->
            new PostPage.Choice(
                choice.division(),
                installation
                    .transactions()
                    .read(handle -> directory.division(handle, session.organ(), choice.division())),
                choice.title(),
                said.kind(choice.kind().name())))
        .toList();
  }

  @Post("/api/v1/session/post")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> choose(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Session session = CurrentSession.active(request);
    String division = WireJson.read(body, PostChoice.class).post();
    return posts
        .choose(session, division)
        .<HttpResponse<?>>map(reason -> answers.refuse(reason, request))
        .orElseGet(() -> answers.ok(new AnswerAccepted(next(session))));
  }

  /** Where the login would have led without this step. */
  private String next(Session session) {
    boolean news =
        installation
            .transactions()
            .read(handle ->
                passkeys.hasNews(handle, session.person(), installation.clock().instant())
                    || cards.hasNews(handle, session.person(), installation.clock().instant()));
    return news ? "/authenticators" : "/log";
  }
}
