package jp.sekisho.server.listener;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.http.ssl.CertificateProvider;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import org.reactivestreams.Publisher;

/**
 * The empty key store that Micronaut wants named for each TLS port; {@link ListenerTls} uses our
 * own keys instead.
 */
@Singleton
@Named(KeyStoreNone.NAME)
final class KeyStoreNone implements CertificateProvider {
  static final String NAME = "sekisho";

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public Publisher<KeyStore> getKeyStore() {
    try {
      KeyStore none = KeyStore.getInstance("PKCS12");
      none.load(null, null);
      return Publishers.just(none);
    } catch (IOException | GeneralSecurityException e) {
      return Publishers.just(e);
    }
  }
}
