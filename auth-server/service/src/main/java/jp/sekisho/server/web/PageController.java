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
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SessionView;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Cause;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/** The pages, their files, and what a page may ask about its own session. */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PageController {
  private static final Map<String, byte[]> FILES =
      Stream.of("sekisho.css", "sekisho.js", "login.js", "session.js", "grants.js")
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
  HttpResponse<?> log(
      HttpRequest<?> request,
      @Nullable @QueryValue String text,
      @Nullable @QueryValue String date,
      @Nullable @QueryValue String before) {
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
        Optional<LogFilter> filter = LogFilter.of(text, date, before);
        yield filter.isEmpty()
            ? answers.refuse(Refusal.INPUT_MALFORMED, request)
            : page(HttpStatus.OK, request, entries(frame, session, filter.get()));
      }
    };
  }

  private LogPage entries(Frame frame, Session session, LogFilter filter) {
    boolean audits = auditors.audits(session.person(), session.organ());
    LogReader.Found found = reader.find(session.organ(), audits ? null : session.person(), filter);
    // Looking is an entry, and nothing is shown before it is durable.
    transactions.write(change ->
        change.record(
            session.subject(),
            new LogEvent.Viewed(audits ? session.organ() : "own", found.from(), found.to())));
    Long older = found.older();
    List<EntryRow> rows =
        found.rows().stream().map(row -> LogReader.row(row, frame.words())).toList();
    LogContent content =
        new LogContent(
            filter,
            rows,
            filter.before() == Long.MAX_VALUE ? null : filter.link(Long.MAX_VALUE),
            older == null ? null : filter.link(older),
            audits ? reader.newest(session.organ()) : null);
    return new LogPage(
        frame,
        frame.words().text(audits ? "web.log.title.organ" : "web.log.title.own"),
        session.person(),
        session.terminal(),
        content);
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
