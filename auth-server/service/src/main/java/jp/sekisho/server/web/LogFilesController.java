package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.Cosignatures;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.Doors;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Transactions;

/**
 * The logs as any C2SP client reads them: {@code /log/(organ)/(generation)/checkpoint}, {@code
 * tile/…} and {@code tile/entries/…} (tlog-tiles). Checkpoints and hashes tell nothing of what was
 * done and are open to all, so that anybody can notice a rewritten past; entries are for the log's
 * own auditors, and each tile taken is an entry.
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class LogFilesController {
  /** Paths everybody may read. */
  static final Pattern OPEN =
      Pattern.compile(
          "/log/[a-z0-9-]{1,64}/[0-9]{1,9}/(checkpoint|minimum|aged|tile/[0-7]/[x0-9/.p]{3,60})");

  /** Paths with what was done. */
  static final Pattern ENTRIES =
      Pattern.compile("/log/[a-z0-9-]{1,64}/[0-9]{1,9}/tile/entries/[x0-9/.p]{3,60}");

  private static final String FOREVER = "public, max-age=31536000, immutable";

  /** A wider one takes a partial tile's place before long. */
  private static final String AN_HOUR = "public, max-age=3600, immutable";

  private final Auditors auditors;
  private final AuditLogs logs;
  private final Transactions transactions;
  private final Answers answers;
  private final OpenLogLimit limit;
  private final Cosignatures cosignatures;

  LogFilesController(
      Auditors auditors,
      AuditLogs logs,
      Transactions transactions,
      Answers answers,
      OpenLogLimit limit,
      Cosignatures cosignatures) {
    this.cosignatures = cosignatures;
    this.limit = limit;
    this.auditors = auditors;
    this.logs = logs;
    this.transactions = transactions;
    this.answers = answers;
  }

  @Get("/log/{log}/{generation}/checkpoint")
  @Produces(MediaType.ALL)
  HttpResponse<?> checkpoint(
      HttpRequest<?> request, @PathVariable String log, @PathVariable String generation) {
    if (!limit.admits(Doors.source(request))) {
      return answers.refuse(Refusal.TOO_MANY, request);
    }
    if (!isServed(log, generation)) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    return HttpResponse.ok(cosignatures.checkpoint(log + "@" + generation))
        .contentType(MediaType.of("text/plain; charset=utf-8"))
        .header(HttpHeaders.CACHE_CONTROL, "no-cache");
  }

  /** Which entries were deleted after their term, signed; 404 while none was. */
  @Get("/log/{log}/{generation}/minimum")
  @Produces(MediaType.ALL)
  HttpResponse<?> minimum(
      HttpRequest<?> request, @PathVariable String log, @PathVariable String generation) {
    return note(request, log, generation, logs::minimumNote);
  }

  /** What witnesses saw of the deleted entries when they were new; 404 while none was deleted. */
  @Get("/log/{log}/{generation}/aged")
  @Produces(MediaType.ALL)
  HttpResponse<?> aged(
      HttpRequest<?> request, @PathVariable String log, @PathVariable String generation) {
    return note(request, log, generation, logs::agedNote);
  }

  private HttpResponse<?> note(
      HttpRequest<?> request,
      String log,
      String generation,
      Function<String, Optional<byte[]>> read) {
    if (!limit.admits(Doors.source(request))) {
      return answers.refuse(Refusal.TOO_MANY, request);
    }
    Optional<byte[]> note =
        isServed(log, generation) ? read.apply(log + "@" + generation) : Optional.empty();
    return note.isEmpty()
        ? answers.refuse(Refusal.NOT_FOUND, request)
        : HttpResponse.ok(note.get())
            .contentType(MediaType.of("text/plain; charset=utf-8"))
            .header(HttpHeaders.CACHE_CONTROL, "no-cache");
  }

  @Get("/log/{log}/{generation}/tile/{+rest}")
  @Produces(MediaType.ALL)
  HttpResponse<?> tile(
      HttpRequest<?> request,
      @PathVariable String log,
      @PathVariable String generation,
      @PathVariable String rest) {
    TilePath path;
    try {
      path = TilePath.parse("tile/" + rest);
    } catch (FormatException e) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    if (path instanceof EntryTilePath entries) {
      return entries(request, log, generation, entries);
    }
    if (!limit.admits(Doors.source(request))) {
      return answers.refuse(Refusal.TOO_MANY, request);
    }
    if (!isServed(log, generation)) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    return found(
        request,
        logs.tile(log + "@" + generation, path),
        path.width() == TilePath.FULL ? FOREVER : AN_HOUR);
  }

  private HttpResponse<?> entries(
      HttpRequest<?> request, String log, String generation, EntryTilePath path) {
    Session session = CurrentSession.active(request);
    // Whether the log exists is not said to those who may not read it.
    if (!auditors.reads(session, log)) {
      String scope = logs.names().contains(log) ? log : session.organ();
      transactions.write(change ->
          change.record(session.subject(), new LogEvent.Refused(scope, Refusal.ROLE_MISSING)));
      return answers.refuse(Refusal.ROLE_MISSING, request);
    }
    Optional<byte[]> contents =
        isServed(log, generation) ? logs.tile(log + "@" + generation, path) : Optional.empty();
    if (contents.isPresent()) {
      long from = path.index() * TilePath.FULL;
      boolean newest = Integer.parseInt(generation) == logs.generation(log);
      String scope = newest ? log : log + "@" + generation;
      transactions.write(change ->
          change.record(
              session.subject(), new LogEvent.Viewed(scope, from, from + path.width() - 1)));
    }
    return found(request, contents, "private, no-store");
  }

  private HttpResponse<?> found(HttpRequest<?> request, Optional<byte[]> contents, String caching) {
    if (contents.isEmpty()) {
      return answers.refuse(Refusal.NOT_FOUND, request);
    }
    return HttpResponse.ok(contents.get())
        .contentType(MediaType.APPLICATION_OCTET_STREAM_TYPE)
        .header(HttpHeaders.CACHE_CONTROL, caching);
  }

  private boolean isServed(String log, String generation) {
    return logs.names().contains(log)
        && generation.matches("[1-9][0-9]{0,8}")
        && Integer.parseInt(generation) <= logs.generation(log);
  }
}
