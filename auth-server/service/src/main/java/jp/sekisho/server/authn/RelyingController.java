package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingSessionEnd;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.RelyingTerminal;
import jp.sekisho.protocol.RelyingTerminalAsk;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.Logins.Outcome;
import jp.sekisho.server.authn.OpenTransactions.Asked;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Relying;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.AgentPort;
import jp.sekisho.server.terminal.RelyingRefusals;
import jp.sekisho.server.terminal.RelyingService;
import jp.sekisho.server.terminal.RelyingSigns;
import jp.sekisho.server.terminal.SignsOfLife;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;

/**
 * Logins for other systems, on the agents' port: {@code /agent/v1/services} of {@code
 * docs/adr/0015-relying-services.md}. The caller is a registered service with its certificate; the
 * guard in front saw to that. What it says of the browser's address is believed, as are its
 * sessions.
 *
 * <p>Asking changes nothing and so leaves no entry, as with our own page: whoever reaches a login
 * page could fill the log. Everything that an answer changes is one unit with its entries.
 */
@Controller(value = "/agent/v1/services", port = AgentPort.PORT)
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class RelyingController {
  /** An address, not a name: never looked up. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  private static final Pattern BACK = Pattern.compile("[!-~]{1,4096}");

  private final Logins logins;
  private final Sessions sessions;
  private final Terminals terminals;
  private final SignsOfLife signs;
  private final RelyingSigns relyingSigns;
  private final ReturnAddresses addresses;
  private final String ownOrigin;
  private final RefusalTally tally;
  private final Answers answers;
  private final Transactions transactions;
  private final InstantSource clock;
  private final RelyingRefusals refusals;

  RelyingController(
      Logins logins,
      Sessions sessions,
      Terminals terminals,
      SignsOfLife signs,
      RelyingSigns relyingSigns,
      ReturnAddresses addresses,
      RefusalTally tally,
      RelyingRefusals refusals,
      Answers answers,
      Installation installation) {
    this.logins = logins;
    this.sessions = sessions;
    this.terminals = terminals;
    this.signs = signs;
    this.relyingSigns = relyingSigns;
    this.addresses = addresses;
    this.ownOrigin = installation.config().origin();
    this.tally = tally;
    this.refusals = refusals;
    this.answers = answers;
    this.transactions = installation.transactions();
    this.clock = installation.clock();
  }

  @Post("/transactions")
  HttpResponse<?> ask(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingAsk asked = WireJson.read(body, RelyingAsk.class);
    RelyingService service = AgentPort.service(request);
    if (!asked.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-ask", Refusal.SERVICE_REALM);
    }
    relyingSigns.asked(service);
    Optional<InetAddress> source = address(asked.source());
    Optional<RelyingLogin> login = login(service, asked.client(), asked.session());
    if (source.isEmpty() || login.isEmpty()) {
      return refusals.refuse(request, service, "service-ask", Refusal.INPUT_MALFORMED);
    }
    String back = asked.back();
    if (back != null && !isBack(back, service)) {
      return refusals.refuse(request, service, "service-ask", Refusal.INPUT_MALFORMED);
    }
    // A card is asked on the service's page; a passkey works on ours only.
    String origin = back == null ? service.origin() : ownOrigin;
    return switch (logins.askFor(login.get(), origin, source.get())) {
      case Verdict.Refused<Asked>(Refusal reason) -> {
        tally.count(source.get(), reason);
        yield answers.refuse(reason, request);
      }
      case Verdict.Passed<Asked>(Asked question) -> {
        String id = question.transaction().id();
        if (back != null) {
          addresses.keep(question.transaction(), back);
        }
        yield answers.json(
            HttpStatus.CREATED,
            new RelyingQuestion(
                id,
                question.cookie().secret(),
                question.transaction().expires().toString(),
                back == null ? null : ownOrigin + "/relying/" + id));
      }
    };
  }

  /** Nothing but a page of the registered origin: the answer goes nowhere else. */
  private static boolean isBack(String url, RelyingService service) {
    return BACK.matcher(url).matches() && url.startsWith(service.origin() + "/");
  }

  private static Optional<Answer> read(String answer) {
    if (!answer.startsWith(RelyingAnswer.PASSKEY)) {
      return Answer.Card.read(WireJson.write(new PostedAnswer(answer)));
    }
    try {
      byte[] body = Base64Url.decode(answer.substring(RelyingAnswer.PASSKEY.length()));
      return Answer.Passkey.read(body) instanceof Answer.Passkey.Posted.Vouched(Answer given)
          ? Optional.of(given)
          : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  @Post("/transactions/{id}/answer")
  HttpResponse<?> answer(HttpRequest<?> request, @PathVariable String id, @Body byte[] body)
      throws MalformedException {
    RelyingAnswer posted = WireJson.read(body, RelyingAnswer.class);
    RelyingService service = AgentPort.service(request);
    if (!posted.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-answer", Refusal.SERVICE_REALM);
    }
    Optional<RelyingLogin> login = login(service, posted.client(), posted.session());
    Optional<Token> secret = Token.parse(posted.secret());
    Optional<Answer> answer = read(posted.answer());
    if (login.isEmpty() || secret.isEmpty() || answer.isEmpty()) {
      return refusals.refuse(request, service, "service-answer", Refusal.INPUT_MALFORMED);
    }
    return switch (logins.answerFor(login.get(), id, secret.get(), answer.get())) {
      case Outcome.Vouched(var proof) -> answers.ok(proof);
      case Outcome.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Outcome.Unattributed(Refusal reason) ->
          refusals.refuse(request, service, "service-answer", reason);
      // A question that was asked for a relying service has no other outcome.
      case Outcome.Opened _, Outcome.Resumed _, Outcome.Approved _, Outcome.SteppedUp _ ->
          throw new IllegalStateException("a relying service's login became something else");
    };
  }

  /**
   * Reveals a terminal's state only to the service whose open session is at it, and only while the
   * browser is where it logged in: a copied cookie is not that terminal's.
   */
  @Post("/terminals/state")
  HttpResponse<?> terminal(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingTerminalAsk asked = WireJson.read(body, RelyingTerminalAsk.class);
    RelyingService service = AgentPort.service(request);
    if (!asked.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-terminal", Refusal.SERVICE_REALM);
    }
    Optional<InetAddress> source = address(asked.source());
    if (!Relying.isId(asked.session()) || source.isEmpty()) {
      return refusals.refuse(request, service, "service-terminal", Refusal.INPUT_MALFORMED);
    }
    Relying relying = new Relying(service.name(), service.realm(), asked.session());
    String state =
        transactions.read(handle ->
            sessions
                .terminalOf(handle, relying, source.get(), clock.instant())
                .flatMap(id -> terminals.find(handle, id))
                .map(this::state)
                .orElse("none"));
    return answers.ok(new RelyingTerminal(asked.realm(), asked.session(), state));
  }

  private String state(Terminal terminal) {
    if (terminal.state() != Terminal.State.ACTIVE) {
      return terminal.state().text();
    }
    if (terminal.silentSince() != null || signs.owesRecords(terminal.id())) {
      return "silent";
    }
    Terminal.Enforcement measured = terminal.enforcement();
    if (measured == null) {
      return "unmeasured";
    }
    return measured == Terminal.Enforcement.EFFECTIVE ? RelyingTerminal.ENFORCING : measured.text();
  }

  @Post("/sessions/ended")
  HttpResponse<?> ended(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    RelyingSessions asked = WireJson.read(body, RelyingSessions.class);
    RelyingService service = AgentPort.service(request);
    if (!asked.realm().equals(service.realm())) {
      return refusals.refuse(request, service, "service-sessions", Refusal.SERVICE_REALM);
    }
    long now = clock.millis();
    List<RelyingSessionEnd> ended =
        sessions
            .endedOf(service.name(), service.realm(), asked.after(), RelyingSessionsEnded.MOST)
            .stream()
            .map(RelyingController::end)
            .toList();
    return answers.ok(new RelyingSessionsEnded(now, ended));
  }

  private static RelyingSessionEnd end(Sessions.KeptEnd end) {
    return new RelyingSessionEnd(
        end.relying().session(), end.changed().toEpochMilli(), end.cause().text());
  }

  private static Optional<RelyingLogin> login(
      RelyingService service, String client, String session) {
    return Relying.isId(session) && Relying.isId(client)
        ? Optional.of(
            new RelyingLogin(new Relying(service.name(), service.realm(), session), client))
        : Optional.empty();
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return ADDRESS.matcher(text).matches()
          ? Optional.of(InetAddress.ofLiteral(text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
