package jp.sekisho.server.health;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.storage.StorageException;

/** {@code GET /health}: 200 while the database answers and the log is published, else 503. */
@Controller("/health")
final class HealthController {
  private final AuditLogs logs;

  HealthController(AuditLogs logs) {
    this.logs = logs;
  }

  /**
   * The answer.
   *
   * @param status {@code up} or {@code down}
   */
  record Health(String status) {}

  @Get(produces = MediaType.APPLICATION_JSON)
  HttpResponse<byte[]> health() {
    boolean up;
    try {
      up = logs.isPublishing();
    } catch (StorageException e) {
      up = false;
    }
    return HttpResponse.<byte[]>status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(WireJson.write(new Health(up ? "up" : "down")));
  }
}
