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
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/**
 * The offline bundle of a log for its auditors: made whole in a file first, so that a damaged log
 * gives an error and never half a bundle; the entry that it was taken is durable before the first
 * byte leaves.
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

  @Get("/api/v1/log/export")
  @Produces(MediaType.ALL)
  HttpResponse<?> export(HttpRequest<?> request, @QueryValue String log) throws IOException {
    Session session =
        switch (PageController.resolution(request)) {
          case Resolution.Active(Session active) -> active;
          case Resolution.Suspended suspended ->
              throw new IllegalStateException("the filter lets no suspended session here");
          case Resolution.Refused refused ->
              throw new IllegalStateException("the filter lets no refused session here");
        };
    if (!Names.isOrgan(log)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    if (!log.equals(session.organ()) || !auditors.audits(session.person(), log)) {
      transactions.write(change ->
          change.record(session.subject(), new LogEvent.Refused(log, Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    LogBundle bundle = logs.bundle(log);
    Path file = Files.createTempFile("sekisho-export", ".zip"); // mode 0600
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        bundle.writeZip(out);
      }
      transactions.write(change ->
          change.record(session.subject(), new LogEvent.Exported(log, bundle.size(), "page")));
      long length = Files.size(file);
      return HttpResponse.ok(
              new StreamedFile(
                  Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE),
                  MediaType.of("application/zip"),
                  0,
                  length))
          .header(
              HttpHeaders.CONTENT_DISPOSITION,
              "attachment; filename=\"sekisho-" + log + "-" + bundle.size() + ".zip\"");
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
