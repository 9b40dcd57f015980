package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.Cosignatures;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.auditor.NamesOfLog;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/**
 * A log for its auditors, as the offline bundle, as a table or as JSON Lines: made whole in a file
 * first, so that a damaged log gives an error and never half of one; the entry that it was taken is
 * durable before the first byte leaves. Not to be asked for its head: a file would be made that
 * nobody takes.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ExportController {
  private final Auditors auditors;
  private final LogReader reader;
  private final AuditLogs logs;
  private final Transactions transactions;
  private final Answers answers;
  private final Cosignatures cosignatures;
  private final ExportFiles files;
  private final Installation installation;

  ExportController(
      Auditors auditors,
      LogReader reader,
      AuditLogs logs,
      Transactions transactions,
      Answers answers,
      Cosignatures cosignatures,
      ExportFiles files,
      Installation installation) {
    this.files = files;
    this.installation = installation;
    this.cosignatures = cosignatures;
    this.auditors = auditors;
    this.reader = reader;
    this.logs = logs;
    this.transactions = transactions;
    this.answers = answers;
  }

  /** What is taken away: how it is written, and its name. */
  private record Taken(
      String by,
      String type,
      String ending,
      long size,
      long names,
      boolean fits,
      ExportFiles.Writing writing) {}

  @Get(value = "/api/v1/log/export", headRoute = false)
  @Produces(MediaType.ALL)
  HttpResponse<?> bundle(HttpRequest<?> request, @QueryValue String log) throws IOException {
    if (LogFilter.of(parameters(request)).filter(LogFilter::isAll).isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request); // no bundle of a part proves it
    }
    return export(
        request,
        log,
        filter -> {
          LogBundle bundle = cosignatures.bundle(filter.scope(log));
          return new Taken(
              "page",
              "application/zip",
              ".zip",
              bundle.size(),
              0,
              bundle.fitsZip(),
              bundle::writeZip);
        });
  }

  /** The bundle with a table of names, sealed to the code in the request. */
  @Post("/api/v1/log/export")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.ALL)
  HttpResponse<?> named(HttpRequest<?> request, @Body byte[] body)
      throws IOException, MalformedException {
    NamedExport wanted = WireJson.read(body, NamedExport.class);
    if (LogFilter.of(parameters(request))
        .filter(filter -> filter.isAll() && filter.scope(wanted.log()).equals(wanted.log()))
        .isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request); // its entry would say a part
    }
    Optional<SealCode> code = SealCode.parse(wanted.code());
    if (code.isEmpty() || wanted.log().equals(PendingEntries.SYSTEM)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request); // system belongs to no organ
    }
    try (SealCode secret = code.get()) {
      return export(
          request,
          wanted.log(),
          _ -> {
            LogBundle bundle = cosignatures.bundle(wanted.log());
            NameTable names = NamesOfLog.of(installation, wanted.log());
            return new Taken(
                "page",
                "application/zip",
                ".zip",
                bundle.size(),
                names.people(),
                bundle.fitsZip(),
                out -> bundle.writeZip(out, names, secret));
          });
    }
  }

  /** The whole log, or what a search's conditions leave of it. */
  @Get(value = "/api/v1/log/export.csv", headRoute = false)
  @Produces(MediaType.ALL)
  HttpResponse<?> csv(HttpRequest<?> request, @QueryValue String log) throws IOException {
    Words words = Words.of(Answers.language(request));
    return export(
        request,
        log,
        filter -> {
          LogBundle bundle = logs.bundle(filter.scope(log));
          return new Taken(
              "csv",
              "text/csv; charset=utf-8",
              ".csv",
              bundle.size(),
              0,
              true,
              out -> LogCsv.write(bundle, filter::accepts, words, out));
        });
  }

  /** As {@link #csv}, one canonical entry a line. */
  @Get(value = "/api/v1/log/export.jsonl", headRoute = false)
  @Produces(MediaType.ALL)
  HttpResponse<?> lines(HttpRequest<?> request, @QueryValue String log) throws IOException {
    return export(
        request,
        log,
        filter -> {
          LogBundle bundle = logs.bundle(filter.scope(log));
          return new Taken(
              "jsonl",
              "application/jsonl",
              ".jsonl",
              bundle.size(),
              0,
              true,
              out -> LogCsv.writeLines(bundle, filter::accepts, out));
        });
  }

  private static Map<String, String> parameters(HttpRequest<?> request) {
    return request.getParameters().asMap(String.class, String.class);
  }

  private HttpResponse<?> export(
      HttpRequest<?> request, String log, Function<LogFilter, Taken> source) throws IOException {
    Session session = CurrentSession.active(request);
    Optional<LogFilter> asked = LogFilter.of(parameters(request));
    // A ready-made question is no condition on one entry; taking the whole for it would mislead.
    boolean usable = asked.filter(f -> f.preset() == null && f.sample() == null).isPresent();
    if (!Names.isOrgan(log) || !usable) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    LogFilter filter = asked.orElseThrow();
    if (!auditors.reads(session, log)) {
      transactions.write(change ->
          change.record(
              session.subject(),
              new LogEvent.Refused(reader.known(log, session), Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    if (!reader.has(log, filter)) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    Map<String, Object> conditions = reader.asked(log, filter);
    Taken taken = source.apply(filter);
    if (!taken.fits()) {
      return answers.refuse(Refusal.LOG_TOO_LARGE, request);
    }
    Optional<ExportFiles.Written> made = files.write(taken.writing());
    if (made.isEmpty()) {
      return answers.refuse(Refusal.TOO_MANY, request).header(HttpHeaders.RETRY_AFTER, "60");
    }
    ExportFiles.Written written = made.get();
    try {
      transactions.write(change ->
          change.record(
              session.subject(),
              new LogEvent.Exported(
                  filter.scope(log), taken.size(), taken.by(), conditions, taken.names())));
      return HttpResponse.ok(
              new StreamedFile(written.open(), MediaType.of(taken.type()), 0, written.length()))
          .header(
              HttpHeaders.CONTENT_DISPOSITION,
              "attachment; filename=\"sekisho-"
                  + filter.scope(log).replace('@', '-')
                  + "-"
                  + taken.size()
                  + taken.ending()
                  + "\"");
    } catch (IOException | RuntimeException e) {
      written.discard();
      throw e;
    }
  }
}
