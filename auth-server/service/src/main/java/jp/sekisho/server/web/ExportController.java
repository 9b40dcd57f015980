package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/**
 * A log for its auditors, as the offline bundle or as a table: made whole in a file first, so that
 * a damaged log gives an error and never half of one; the entry that it was taken is durable before
 * the first byte leaves.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ExportController {
  private final Auditors auditors;
  private final AuditLogs logs;
  private final Transactions transactions;
  private final Answers answers;

  ExportController(Auditors auditors, AuditLogs logs, Transactions transactions, Answers answers) {
    this.auditors = auditors;
    this.logs = logs;
    this.transactions = transactions;
    this.answers = answers;
  }

  /** What is taken away: how it is written, and its name. */
  private record Taken(String by, String type, String ending, long size, Writing writing) {}

  /** Writes the whole of it. */
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  @Get("/api/v1/log/export")
  @Produces(MediaType.ALL)
  HttpResponse<?> bundle(HttpRequest<?> request, @QueryValue String log) throws IOException {
    return export(
        request,
        log,
        () -> {
          LogBundle bundle = logs.bundle(log);
          return new Taken("page", "application/zip", ".zip", bundle.size(), bundle::writeZip);
        });
  }

  @Get("/api/v1/log/export.csv")
  @Produces(MediaType.ALL)
  HttpResponse<?> csv(HttpRequest<?> request, @QueryValue String log) throws IOException {
    Words words = Words.of(Answers.language(request));
    return export(
        request,
        log,
        () -> {
          LogBundle bundle = logs.bundle(log);
          return new Taken(
              "csv",
              "text/csv; charset=utf-8",
              ".csv",
              bundle.size(),
              out -> LogCsv.write(bundle, words, out));
        });
  }

  private HttpResponse<?> export(HttpRequest<?> request, String log, Supplier<Taken> source)
      throws IOException {
    Session session = CurrentSession.active(request);
    if (!Names.isOrgan(log)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    if (!log.equals(session.organ()) || !auditors.audits(session.person(), log)) {
      transactions.write(change ->
          change.record(session.subject(), new LogEvent.Refused(log, Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    Taken taken = source.get();
    Path file = Files.createTempFile("sekisho-export", taken.ending()); // mode 0600
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        taken.writing().to(out);
      }
      transactions.write(change ->
          change.record(session.subject(), new LogEvent.Exported(log, taken.size(), taken.by())));
      long length = Files.size(file);
      return HttpResponse.ok(
              new StreamedFile(
                  Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE),
                  MediaType.of(taken.type()),
                  0,
                  length))
          .header(
              HttpHeaders.CONTENT_DISPOSITION,
              "attachment; filename=\"sekisho-" + log + "-" + taken.size() + taken.ending() + "\"");
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
