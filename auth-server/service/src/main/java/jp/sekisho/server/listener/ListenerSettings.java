package jp.sekisho.server.listener;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the two ports must know.
 *
 * @param origins origins of our pages, the first one preferred; exactly one host of {@code Host}
 *     and {@code Origin} headers each
 * @param trial plain HTTP on loopback for people
 * @param peoplePort 1–65535; 0 only in tests
 * @param peopleCertificates PEM chain of the people's port; null exactly in a trial
 * @param peopleKey PEM PKCS#8 key of it; null exactly in a trial
 * @param agentsPort 1–65535; 0 only in tests
 * @param agentHosts names under which terminals reach the agents' port, at least one; the first one
 *     stands in tickets
 * @param helpLine what texts say of whom to call
 */
public record ListenerSettings(
    List<URI> origins,
    boolean trial,
    int peoplePort,
    @Nullable Path peopleCertificates,
    @Nullable Path peopleKey,
    int agentsPort,
    List<String> agentHosts,
    String helpLine) {
  public ListenerSettings {
    origins = List.copyOf(origins);
    agentHosts = List.copyOf(agentHosts);
    if (origins.isEmpty() || agentHosts.isEmpty()) {
      throw new IllegalArgumentException("at least one origin and one host for agents");
    }
    if (trial != (peopleCertificates == null) || trial != (peopleKey == null)) {
      throw new IllegalArgumentException(
          "outside a trial the people's port needs certificate and key; in a trial it has none");
    }
  }

  /** The origins as browsers write them. */
  public List<String> originTexts() {
    return origins.stream().map(URI::toString).toList();
  }
}
