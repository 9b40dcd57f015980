package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SessionView;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Cause;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/** The pages, their files, and what a page may ask about its own session. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PageController {
  private static final Map<String, byte[]> FILES =
      Stream.of(
              "sekisho.css",
              "sekisho.js",
              "login.js",
              "session.js",
              "grants.js",
              "measures.js",
              "breaches.js",
              "media.js",
              "authenticators.js",
              "people.js",
              "desk.js",
              "sessions.js",
              "log.js",
              "post.js",
              "setup.js",
              "steps.js",
              "relying.js")
          .collect(Collectors.toUnmodifiableMap(name -> name, PageController::load));

  private final Pages pages;
  private final LogReader reader;
  private final Auditors auditors;
  private final Transactions transactions;
  private final Answers answers;

  PageController(
      Pages pages,
      LogReader reader,
      Auditors auditors,
      Transactions transactions,
      Answers answers) {
    this.pages = pages;
    this.reader = reader;
    this.auditors = auditors;
    this.transactions = transactions;
    this.answers = answers;
  }

  @Get("/")
  @Produces(MediaType.ALL)
  HttpResponse<?> login(HttpRequest<?> request) {
    return pages.page(HttpStatus.OK, request, "login.jte", "frame", pages.frame(request));
  }

  @Get("/static/{file}")
  @Produces(MediaType.ALL)
  HttpResponse<?> file(HttpRequest<?> request, @PathVariable String file) {
    byte[] content = FILES.get(file);
    if (content == null) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    return HttpResponse.ok(content)
        .header(
            HttpHeaders.CONTENT_TYPE,
            file.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8")
        .header(HttpHeaders.CACHE_CONTROL, "no-cache");
  }

  @Get("/api/v1/session")
  @Produces(MediaType.ALL)
  HttpResponse<?> session(HttpRequest<?> request) {
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Active(Session session) -> answers.ok(view("active", session));
      case Resolution.Suspended(Session session) -> answers.ok(view("suspended", session));
    };
  }

  @Get("/log")
  @Produces(MediaType.ALL)
  HttpResponse<?> log(HttpRequest<?> request) throws IOException {
    Frame frame = pages.frame(request);
    return switch (CurrentSession.resolution(request)) {
      case Resolution.Refused(Refusal reason) -> answers.refuse(reason, request);
      case Resolution.Suspended(Session session) ->
          page(
              HttpStatus.LOCKED,
              request,
              new LogPage(
                  frame,
                  frame.words().text("web.log.title.locked"),
                  session.person(),
                  session.terminal(),
                  null));
      case Resolution.Active(Session session) -> {
        Optional<LogFilter> filter =
            LogFilter.of(request.getParameters().asMap(String.class, String.class));
        String log = log(request, session);
        if (filter.isEmpty() || !Names.isOrgan(log)) {
          yield answers.refuse(Refusal.INPUT_MALFORMED, request);
        }
        if (!log.equals(session.organ()) && !auditors.reads(session, log)) {
          String scope = reader.has(log) ? log : session.organ(); // nothing typed gets into the log
          transactions.write(change ->
              change.record(session.subject(), new LogEvent.Refused(scope, Refusal.ROLE_MISSING)));
          yield answers.refuse(Refusal.ROLE_MISSING, request);
        }
        if (!reader.has(log, filter.get())) {
          yield answers.refuse(Refusal.NOT_FOUND, request);
        }
        yield page(HttpStatus.OK, request, entries(frame, session, log, filter.get()));
      }
    };
  }

  private static String newCode() {
    try (SealCode code = SealCode.random()) {
      return code.reveal();
    }
  }

  /** The log that is asked for: {@code log}, else that of the session's organ. */
  static String log(HttpRequest<?> request, Session session) {
    String log = request.getParameters().get("log");
    return log == null || log.isEmpty() ? session.organ() : log;
  }

  private LogPage entries(Frame frame, Session session, String log, LogFilter filter)
      throws IOException {
    boolean audits = auditors.reads(session, log);
    LogReader.Found found = reader.find(log, audits ? null : session.person(), filter);
    // Looking is an entry, and nothing is shown before it is durable.
    LogEvent seen = reader.seen(audits ? log : "own", log, filter, found);
    transactions.write(change -> change.record(session.subject(), seen));
    String older = found.older();
    LogReader.Drawn drawn = found.drawn();
    List<EntryRow> rows =
        found.rows().stream().map(row -> LogReader.row(row, frame.words())).toList();
    boolean newest = filter.before() == null && filter.beforeIndex() == Long.MAX_VALUE;
    LogContent.Generations generations = reader.generations(log, filter);
    boolean goesOn = generations == null || !generations.isClosed();
    LogContent content =
        new LogContent(
            filter,
            rows,
            newest ? null : filter.link(null),
            older == null ? null : filter.link(older),
            audits ? reader.newest(log, filter) : null,
            choices(frame.words()),
            found.missing(),
            drawn == null
                ? null
                : new LogContent.Drawn(
                    drawn.seed(), Long.toString(drawn.size()), Integer.toString(drawn.count())),
            audits && goesOn ? reader.forks(log) : List.of(),
            audits && goesOn ? reader.kept(log) : null,
            audits && goesOn && !log.equals(PendingEntries.SYSTEM) ? newCode() : null,
            !audits && newest && filter.isAll() ? reader.tried(found.rows()) : null,
            log.equals(PendingEntries.SYSTEM),
            generations);
    return new LogPage(
        frame,
        frame
            .words()
            .text(
                log.equals(PendingEntries.SYSTEM)
                    ? "web.log.title.system"
                    : audits ? "web.log.title.organ" : "web.log.title.own"),
        session.person(),
        session.terminal(),
        content);
  }

  /** Each feature, then its events. */
  private static List<LogContent.Choice> choices(Words words) {
    List<LogContent.Choice> choices = new ArrayList<>();
    String feature = "";
    for (String event : words.events()) {
      String next = event.substring(0, event.indexOf('.'));
      if (!next.equals(feature)) {
        choices.add(new LogContent.Choice(next, words.text("web.feature." + next)));
        feature = next;
      }
      choices.add(new LogContent.Choice(event, "　" + words.event(event)));
    }
    return choices;
  }

  private HttpResponse<?> page(HttpStatus status, HttpRequest<?> request, LogPage page) {
    return pages.page(status, request, "log.jte", "page", page);
  }

  private static SessionView view(String state, Session session) {
    Cause cause = session.cause();
    return new SessionView(
        state,
        session.person(),
        session.terminal(),
        cause == null ? null : cause.text(),
        session.absoluteEnd().toString());
  }

  private static byte[] load(String name) {
    try (InputStream in = PageController.class.getResourceAsStream("/static/" + name)) {
      if (in == null) {
        throw new IllegalStateException("missing /static/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
