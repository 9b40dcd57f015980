package jp.sekisho.keycloak;

import java.net.URI;
import java.nio.file.Path;
import org.keycloak.Config;

/**
 * Where Sekisho's service is and as whom it is called: {@code
 * --spi-authenticator--sekisho-card--<name>} of Keycloak's own configuration, the same for every
 * flow. No record: what one adds is 400 bytes of the jar.
 */
final class ServiceSettings {
  /** {@code https://HOST:PORT} of the service's port for agents ({@code service}). */
  final URI service;

  /** PEM of this service's certificate ({@code certificate}). */
  final Path certificate;

  /** PEM (PKCS#8) of its key ({@code key}). */
  final Path key;

  /** PEM of the CA of the service's own certificate ({@code trust}). */
  final Path trust;

  /** The one realm that the certificate is registered for ({@code realm}). */
  final String realm;

  ServiceSettings(URI service, Path certificate, Path key, Path trust, String realm) {
    this.service = service;
    this.certificate = certificate;
    this.key = key;
    this.trust = trust;
    this.realm = realm;
  }

  /**
   * @throws IllegalArgumentException when a setting is missing or not of its form; its text names
   *     the setting
   */
  static ServiceSettings of(Config.Scope scope) {
    URI service = URI.create(required(scope, "service"));
    String path = service.getPath();
    if (!"https".equals(service.getScheme())
        || service.getHost() == null
        || !(path == null || path.isEmpty())) {
      throw new IllegalArgumentException("service is not https://HOST:PORT");
    }
    String unused = required(scope, "help-line"); // of the pages that say that something is wrong
    return new ServiceSettings(
        service,
        Path.of(required(scope, "certificate")),
        Path.of(required(scope, "key")),
        Path.of(required(scope, "trust")),
        required(scope, "realm"));
  }

  private static String required(Config.Scope scope, String name) {
    String value = scope.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("the setting " + name + " is missing");
    }
    return value;
  }
}
