package jp.sekisho.agent.sync;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What the agent believes on the network: chains to the one CA whose SHA-256 is pinned, for the
 * host name asked for. The machine's own list of authorities counts for nothing.
 */
public final class PinnedTls {
  private PinnedTls() {}

  /** A context that believes {@code serverCa} and shows the device certificate. */
  public static SSLContext context(
      X509Certificate serverCa, DeviceKey key, List<X509Certificate> certificates) {
    try {
      return context(
          new KeyManager[] {new DeviceIdentity(key.privateKey(), certificates)},
          new TrustManager[] {trusting(serverCa)});
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS context", e);
    }
  }

  /** A context for the first call, when only the CA's hash is known. */
  public static SSLContext context(FirstContact firstContact) {
    try {
      return context(null, new TrustManager[] {firstContact});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS context", e);
    }
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager[] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys, trust, null);
    return context;
  }

  private static X509ExtendedTrustManager trusting(X509Certificate ca)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("server-ca", ca);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  /**
   * Believes only a chain that itself shows the CA certificate with the ticket's SHA-256, and
   * remembers that certificate. One use.
   */
  public static final class FirstContact extends X509ExtendedTrustManager {
    private final String caHash;
    private volatile @Nullable X509Certificate ca;
    private volatile boolean mismatch;

    /**
     * @param caHash base64url of the SHA-256 of the CA certificate's DER
     */
    public FirstContact(String caHash) {
      this.caHash = caHash;
    }

    /** The CA certificate, once a server showed it and its chain held. */
    public Optional<X509Certificate> ca() {
      return Optional.ofNullable(ca);
    }

    /** Whether a server answered whose chain lacks the pinned CA. */
    public boolean mismatch() {
      return mismatch;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      X509Certificate pinned = find(chain);
      trust(pinned).checkServerTrusted(chain, authType, engine);
      ca = pinned;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      X509Certificate pinned = find(chain);
      trust(pinned).checkServerTrusted(chain, authType, socket);
      ca = pinned;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("without a host name nothing is believed");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }

    private X509Certificate find(X509Certificate[] chain) throws CertificateException {
      for (X509Certificate certificate : chain) {
        if (certificate.getBasicConstraints() >= 0 && hash(certificate).equals(caHash)) {
          return certificate;
        }
      }
      mismatch = true;
      throw new CertificateException("the server does not show the CA of the ticket");
    }

    private static X509ExtendedTrustManager trust(X509Certificate ca) throws CertificateException {
      try {
        return trusting(ca);
      } catch (GeneralSecurityException | IOException e) {
        throw new CertificateException("no trust manager", e);
      }
    }

    private static String hash(X509Certificate certificate) throws CertificateEncodingException {
      return Sha256.text(certificate.getEncoded());
    }
  }
}
