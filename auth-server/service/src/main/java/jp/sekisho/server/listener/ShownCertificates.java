package jp.sekisho.server.listener;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The trust manager of the agents' port: lets every certificate through to the filter, trusts none.
 *
 * <p>A handshake that fails tells the person at the terminal nothing, leaves no entry that names
 * the reason, and judges dates by the JVM's clock. So the handshake proves only what it alone can
 * prove, that the caller holds the certificate's private key; issuer, purpose, name, key, dates and
 * state are judged on every request by {@code terminal.AgentPortFilter}, which answers
 * DEVICE_CERT_FOREIGN or DEVICE_CERT_EXPIRED in words. A route is open to strangers only if its
 * table says so, hence a certificate let through here opens no more than none at all.
 */
final class ShownCertificates extends X509ExtendedTrustManager {
  private static final int MAX_CHAIN = 4;

  private final X509Certificate deviceCa;

  ShownCertificates(X509Certificate deviceCa) {
    this.deviceCa = deviceCa;
  }

  /** A hint: an agent with several keys then picks the right one. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {deviceCa};
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (chain.length == 0 || chain.length > MAX_CHAIN) {
      throw new CertificateException("a chain of 1 to " + MAX_CHAIN + " certificates");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("only for clients");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }
}
