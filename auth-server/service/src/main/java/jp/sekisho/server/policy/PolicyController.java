package jp.sekisho.server.policy;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Optional;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.terminal.AgentPort;
import jp.sekisho.server.terminal.Terminal;

/** {@code GET /agent/v1/policy}: the signed files that concern the caller, as one bundle. */
@Controller(value = "/agent/v1", port = AgentPort.PORT)
@Requires(beans = ListenerSettings.class)
final class PolicyController {
  private final TerminalBundles bundles;
  private final Answers answers;

  PolicyController(TerminalBundles bundles, Answers answers) {
    this.bundles = bundles;
    this.answers = answers;
  }

  @Get(value = "/policy", headRoute = false)
  @ExecuteOn(TaskExecutors.BLOCKING)
  HttpResponse<?> policy(HttpRequest<?> request) {
    Terminal terminal = AgentPort.terminal(request);
    Optional<TrustBundle> bundle = bundles.bundle(terminal.organ(), terminal.id());
    if (bundle.isEmpty()) {
      return answers.refuse(Refusal.POLICY_MISSING, request);
    }
    String tag = '"' + bundle.get().tag() + '"';
    if (tag.equals(request.getHeaders().get(HttpHeaders.IF_NONE_MATCH))) {
      return HttpResponse.notModified().header(HttpHeaders.ETAG, tag);
    }
    return HttpResponse.ok(bundle.get().bytes())
        .contentType(MediaType.APPLICATION_OCTET_STREAM_TYPE)
        .header(HttpHeaders.ETAG, tag);
  }
}
