package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.ServerKeys;

/** The application context of an installation; its settings come from nowhere else. */
final class ServiceContext {
  private ServiceContext() {}

  /**
   * A context ready to be started, with {@link Installation}, {@link ListenerSettings} and {@link
   * ServerKeys} as beans; the packages' factories make the others of these.
   *
   * @throws IOException when keys or certificates cannot be read
   */
  static ApplicationContext of(Installation installation)
      throws IOException, GeneralSecurityException {
    ServiceConfig config = installation.config();
    ListenerSettings settings = settings(installation.directory(), config);
    ServerKeys keys =
        ServerKeys.load(
            installation.directory().keys(), config.agentsHosts(), installation.clock());
    return ApplicationContext.builder()
        .deduceEnvironment(false)
        .environmentPropertySource(false) // a variable of the shell must not open a port
        .banner(false)
        .properties(Listeners.properties(settings))
        .singletons(installation, settings, keys)
        .build();
  }

  private static ListenerSettings settings(DataDirectory directory, ServiceConfig config)
      throws IOException {
    Path certificate = config.trial() ? null : required(directory.peopleCertificate());
    Path key = config.trial() ? null : required(directory.peopleKey());
    return new ListenerSettings(
        List.of(URI.create(config.origin())),
        config.trial(),
        config.peoplePort(),
        certificate,
        key,
        config.agentsPort(),
        config.agentsHosts(),
        config.helpLine());
  }

  private static Path required(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + " is missing: the people's port needs certificate and key");
    }
    return file;
  }
}
