package jp.sekisho.keycloak;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS towards the service: shows our certificate, trusts the one CA of the settings and nothing of
 * the platform.
 */
final class ClientTls {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private ClientTls() {}

  /**
   * @throws GeneralSecurityException when key, certificate and CA do not make a context
   * @throws IOException when a file cannot be read or is not of its form
   */
  static SSLContext of(ServiceSettings settings) throws GeneralSecurityException, IOException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    char[] none = new char[0];
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, none);
    own.setKeyEntry("own", key(settings), none, read(factory, settings.certificate));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, none);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, none);
    for (Certificate ca : read(factory, settings.trust)) {
      trusted.setCertificateEntry("ca-" + trusted.size(), ca);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Certificate[] read(CertificateFactory factory, Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> read = factory.generateCertificates(in);
      if (read.isEmpty()) {
        throw new IOException(file + " holds no certificate");
      }
      return read.toArray(Certificate[]::new);
    }
  }

  private static PrivateKey key(ServiceSettings settings)
      throws GeneralSecurityException, IOException {
    Matcher pem = KEY.matcher(Files.readString(settings.key, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new IOException(settings.key + " holds no PKCS#8 key in PEM form");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }
}
