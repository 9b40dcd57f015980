package jp.sekisho.server.terminal;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.Continuation;
import jp.sekisho.server.audit.Published;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ListenerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /agent/v1/events} and {@code /agent/v1/heartbeat}. */
@Controller(value = "/agent/v1", port = AgentPort.PORT)
@Requires(beans = ListenerSettings.class)
final class ReportController {
  private static final Logger LOG = LoggerFactory.getLogger(ReportController.class);

  private final RecordIntake intake;
  private final SignsOfLife signs;
  private final AuditLogs logs;
  private final Answers answers;
  private final ListenerSettings settings;
  private final RelyingServices services;
  private final InstantSource clock;
  private final Duration patience;

  /**
   * @param patience how long records may take to be published, which takes half a second; an agent
   *     that is refused sends the batch again
   */
  ReportController(
      RecordIntake intake,
      SignsOfLife signs,
      AuditLogs logs,
      Answers answers,
      ListenerSettings settings,
      RelyingServices services,
      InstantSource clock,
      @Value("${sekisho.publication-patience:10s}") Duration patience) {
    this.intake = intake;
    this.signs = signs;
    this.logs = logs;
    this.answers = answers;
    this.settings = settings;
    this.services = services;
    this.clock = clock;
    this.patience = patience;
  }

  @Post("/events")
  HttpResponse<?> events(HttpRequest<?> request, @Body byte[] body)
      throws MalformedException, InterruptedException {
    Terminal terminal = AgentPort.terminal(request);
    EventBatch batch = WireJson.read(body, EventBatch.class);
    signs.heard(terminal);
    return switch (intake.take(terminal, batch)) {
      case RecordIntake.Outcome.Refused(Refusal refusal) -> {
        signs.batch(terminal, refusal);
        yield answers.refuse(refusal, request);
      }
      case RecordIntake.Outcome.Taken taken -> {
        signs.batch(terminal, null);
        yield acknowledge(request, terminal, batch.checkpointSize(), taken);
      }
    };
  }

  private HttpResponse<?> acknowledge(
      HttpRequest<?> request, Terminal terminal, long kept, RecordIntake.Outcome.Taken taken)
      throws InterruptedException {
    try {
      Published published =
          logs.published(taken.entry())
              .toCompletableFuture()
              .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      Continuation log = continuation(terminal, kept); // at least as new as the publication
      return answers.ok(
          new EventAck(
              taken.lastSeq(),
              taken.head(),
              published.logOrigin(),
              published.index(),
              log.checkpoint(),
              log.path()));
    } catch (TimeoutException | ExecutionException e) {
      // Durable here but not yet under a signed checkpoint: not acknowledged, sent again later.
      LOG.error("records could not be published in time", e);
      return answers.refuse(Refusal.STORAGE_FAILED, request);
    }
  }

  /** Without a proof where the terminal holds more than we have: it judges the checkpoint alone. */
  private Continuation continuation(Terminal terminal, long kept) {
    return logs.continuation(terminal.organ(), kept)
        .or(() -> logs.continuation(terminal.organ(), 0))
        .orElseThrow();
  }

  private List<String> origins() {
    return Stream.concat(settings.originTexts().stream(), services.origins().stream()).toList();
  }

  @Post("/heartbeat")
  HttpResponse<?> heartbeat(HttpRequest<?> request, @Body byte[] body) throws MalformedException {
    Heartbeat heartbeat = WireJson.read(body, Heartbeat.class);
    if (!SignsOfLife.wellFormed(heartbeat)) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    Terminal terminal = signs.heartbeat(AgentPort.terminal(request), heartbeat);
    Continuation log = continuation(terminal, heartbeat.checkpointSize());
    return answers.ok(
        new HeartbeatReply(
            terminal.state().text(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
            Math.toIntExact(SignsOfLife.INTERVAL.toSeconds()),
            terminal.lastSeq(),
            origins(),
            log.checkpoint(),
            log.path(),
            settings.helpLine()));
  }
}
