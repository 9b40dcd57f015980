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
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SetupAdministrator;
import jp.sekisho.protocol.SetupCodeTyped;
import jp.sekisho.protocol.SetupReply;
import jp.sekisho.protocol.SetupTerminal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskSetup;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.listener.RefusalCounter;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.setup.CodeTries;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupCode;
import jp.sekisho.server.setup.SetupEnd;
import jp.sekisho.server.setup.SetupEnd.Lack;
import jp.sekisho.server.setup.SetupEnd.Missing;
import jp.sekisho.server.setup.SetupSteps;
import jp.sekisho.server.web.SetupPage.Content;
import jp.sekisho.server.web.SetupPage.Organ;
import jp.sekisho.server.web.SetupPage.Steps;
import org.jspecify.annotations.Nullable;

/**
 * The first start (初期設定) in a browser: by the one-time code until the first administrator can log
 * in, then by that person's card. Once finished, none of it is there.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SetupController {
  /** Routes that need no session: they have the code, or the cookie it was exchanged for. */
  static final Set<String> ROUTES =
      Set.of(
          "/setup",
          "/authn/v1/setup/code",
          "/authn/v1/setup/administrator",
          "/authn/v1/setup/terminal");

  private final Pages pages;
  private final Setup setup;
  private final SetupSteps steps;
  private final SetupEnd end;
  private final DeskSetup deskSetup;
  private final Desk desk;
  private final CodeTries tries;
  private final RefusalCounter refusals;
  private final Installation installation;
  private final Answers answers;

  SetupController(
      Pages pages,
      Setup setup,
      SetupSteps steps,
      SetupEnd end,
      DeskSetup deskSetup,
      Desk desk,
      CodeTries tries,
      RefusalCounter refusals,
      Installation installation,
      Answers answers) {
    this.pages = pages;
    this.setup = setup;
    this.steps = steps;
    this.end = end;
    this.deskSetup = deskSetup;
    this.desk = desk;
    this.tries = tries;
    this.refusals = refusals;
    this.installation = installation;
    this.answers = answers;
  }

  @Get("/setup")
  @Produces(MediaType.ALL)
  HttpResponse<?> code(HttpRequest<?> request) {
    if (!setup.isOpen()) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    boolean holder =
        SessionCookies.read(request, SessionCookies.SETUP).filter(steps::isHolder).isPresent();
    String next = holder ? steps.next().name().toLowerCase(Locale.ROOT) : "code";
    // Who did not enter the code learns nothing of the installation.
    List<Organ> organs =
        holder
            ? installation.transactions().read(Organs::names).entrySet().stream()
                .map(one -> new Organ(one.getKey(), one.getValue()))
                .toList()
            : List.of();
    return pages.page(
        HttpStatus.OK,
        request,
        "setup.jte",
        "page",
        new SetupPage(pages.frame(request), next, organs));
  }

  @Post("/authn/v1/setup/code")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> enter(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    String typed = WireJson.read(body, SetupCodeTyped.class).code();
    if (!tries.take(Doors.source(request))) {
      return counted(request, Refusal.TOO_MANY);
    }
    Optional<SetupCode> code = SetupCode.parse(typed);
    if (code.isEmpty()) {
      return counted(request, setup.isOpen() ? Refusal.SETUP_CODE : Refusal.NOT_FOUND);
    }
    return switch (setup.enter(code.get())) {
      case Setup.Entered.Refused(Refusal reason) -> counted(request, reason);
      case Setup.Entered.Accepted(Token secret) ->
          answers
              .ok(new SetupReply("code", null))
              .cookie(SessionCookies.set(SessionCookies.SETUP, secret));
    };
  }

  private HttpResponse<?> counted(HttpRequest<?> request, Refusal reason) {
    refusals.count(Doors.source(request), reason);
    return answers.refuse(reason, request);
  }

  @Post("/authn/v1/setup/administrator")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> administrator(HttpRequest<?> request, @Body byte[] body)
      throws MalformedException {
    SetupAdministrator first = WireJson.read(body, SetupAdministrator.class);
    byte[] certificate = der(Base64Url.decode(first.certificate()));
    return step(
        request, "administrator", secret -> steps.administrator(secret, first, certificate));
  }

  /** What is no certificate stays as it is: the registration refuses it, with an entry. */
  private static byte[] der(byte[] file) {
    try {
      return StaffTrust.der(file, "certificate");
    } catch (IOException e) {
      return file;
    }
  }

  @Post("/authn/v1/setup/terminal")
  @Consumes(MediaType.APPLICATION_JSON)
  HttpResponse<?> terminal(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    SetupTerminal wish = WireJson.read(body, SetupTerminal.class);
    String fingerprint = wish.fingerprint();
    return step(
        request,
        "terminal",
        secret ->
            fingerprint == null
                ? steps.ticket(secret, wish.terminal(), wish.organ())
                : steps.confirm(secret, wish.terminal(), fingerprint));
  }

  private HttpResponse<?> step(
      HttpRequest<?> request, String name, Function<Token, SetupSteps.Outcome> work) {
    Optional<Token> secret = SessionCookies.read(request, SessionCookies.SETUP);
    if (secret.isEmpty()) {
      return counted(request, setup.isOpen() ? Refusal.SETUP_SESSION : Refusal.NOT_FOUND);
    }
    return switch (work.apply(secret.get())) {
      case SetupSteps.Outcome.Done(String ticket) ->
          answers.ok(new SetupReply(name, ticket.isEmpty() ? null : ticket));
      case SetupSteps.Outcome.Refused(Refusal reason)
          when reason == Refusal.SETUP_SESSION || reason == Refusal.NOT_FOUND ->
          counted(request, reason);
      case SetupSteps.Outcome.Refused(Refusal reason) -> answers.refuse(reason, request);
    };
  }

  @Get("/setup/steps")
  @Produces(MediaType.ALL)
  HttpResponse<?> steps(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Active _, Resolution.Suspended _ when !setup.isOpen() ->
          answers.refuse(Refusal.NOT_FOUND, request);
      case Resolution.Suspended(Session session) ->
          render(request, HttpStatus.LOCKED, session, null);
      case Resolution.Active(Session session) when !desk.holds(session, Desk.ADMINISTRATORS) ->
          answers.refuse(Refusal.ROLE_MISSING, request);
      case Resolution.Active(Session session) ->
          render(request, HttpStatus.OK, session, content(request));
    };
  }

  private HttpResponse<?> render(
      HttpRequest<?> request, HttpStatus status, Session session, @Nullable Content content) {
    return pages.page(
        status,
        request,
        "setupsteps.jte",
        "page",
        new Steps(pages.frame(request), session.person(), session.terminal(), content));
  }

  private Content content(HttpRequest<?> request) {
    Words words = pages.frame(request).words();
    List<Missing> missing =
        installation
            .transactions()
            .read(handle -> end.missing(handle, installation.clock().instant()));
    return new Content(
        SetupWords.steps(words, missing),
        missing.stream().filter(one -> one.lack() == Lack.NO_CARD).map(Missing::about).toList(),
        missing.stream().anyMatch(one -> one.lack() == Lack.NO_POLICY),
        missing.size());
  }

  @Post("/api/v1/setup/policy")
  @Consumes(MediaType.ALL)
  HttpResponse<?> policy(HttpRequest<?> request, @Body byte[] body) {
    return answered(request, deskSetup.policy(CurrentSession.active(request), body));
  }

  @Post("/api/v1/setup/finish")
  @Consumes(MediaType.ALL)
  HttpResponse<?> finish(HttpRequest<?> request) {
    return answered(request, deskSetup.finish(CurrentSession.active(request)));
  }

  private HttpResponse<?> answered(HttpRequest<?> request, Optional<Refusal> refused) {
    return refused
        .<HttpResponse<?>>map(reason -> answers.refuse(reason, request))
        .orElseGet(() -> answers.ok(new DeskReply(1)));
  }
}
