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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/**
 * A log's entries for an auditor's own programs: the parameters of the page, and as the answer
 * {@code {"log":…,"generation":n,"missing":n,"next":"…","entries":[{"index":n,"entry":{…}}]}}, each
 * entry in its canonical form. Only entries of that generation are found: 2 says that there is an
 * earlier one, which {@code generation=1} asks; {@code {"index":n,"tampered":true}} stands for one
 * that was edited in the database or is gone. {@code next} is the {@code before} of the next page,
 * absent on the last; {@code missing} is how many of the newest entries cannot be found yet.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SearchController {
  private final Auditors auditors;
  private final LogReader reader;
  private final Transactions transactions;
  private final Answers answers;

  SearchController(
      Auditors auditors, LogReader reader, Transactions transactions, Answers answers) {
    this.auditors = auditors;
    this.reader = reader;
    this.transactions = transactions;
    this.answers = answers;
  }

  @Get("/api/v1/log/search")
  @Produces(MediaType.ALL)
  HttpResponse<?> search(HttpRequest<?> request, @QueryValue String log) throws IOException {
    Session session = CurrentSession.active(request);
    Optional<LogFilter> asked =
        LogFilter.of(request.getParameters().asMap(String.class, String.class));
    if (!Names.isOrgan(log) || asked.isEmpty()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    if (!auditors.reads(session, log)) {
      transactions.write(change ->
          change.record(
              session.subject(),
              new LogEvent.Refused(reader.known(log, session), Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    if (!reader.has(log, asked.get())) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    LogReader.Found found = reader.find(log, null, asked.get());
    LogEvent seen = reader.seen(log, log, asked.get(), found);
    transactions.write(change -> change.record(session.subject(), seen));
    return HttpResponse.ok(json(log, reader.shown(log, asked.get()), found))
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .header(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  private static byte[] json(String log, int generation, LogReader.Found found) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String older = found.older();
    LogReader.Drawn drawn = found.drawn();
    add(out, "{\"log\":\"" + log + "\",\"generation\":" + generation);
    add(out, ",\"missing\":" + found.missing());
    add(out, older == null ? "" : ",\"next\":\"" + older + "\"");
    add(out, drawn == null ? "" : ",\"seed\":\"" + drawn.seed() + "\",\"size\":" + drawn.size());
    add(out, ",\"entries\":[");
    String separator = "";
    for (LogRow row : found.rows()) {
      add(out, separator + "{\"index\":" + row.index());
      switch (row) {
        case LogRow.Intact intact -> {
          add(out, ",\"entry\":");
          out.writeBytes(intact.entry().bytes());
        }
        case LogRow.Tampered _ -> add(out, ",\"tampered\":true");
      }
      add(out, "}");
      separator = ",";
    }
    add(out, "]}");
    return out.toByteArray();
  }

  private static void add(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
