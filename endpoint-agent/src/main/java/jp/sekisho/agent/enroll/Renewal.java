package jp.sekisho.agent.enroll;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.RenewRequest;

/**
 * Keeps the device certificate alive: from half of its life on, and until 30 days past its end, a
 * new one for the same key.
 *
 * <p>One thread at a time.
 */
public final class Renewal {
  /** How long after its end a certificate still renews. */
  public static final Duration GRACE = Duration.ofDays(30);

  private static final System.Logger LOG = System.getLogger(Renewal.class.getName());

  /** What a certificate's age asks for. */
  public enum Due {
    NOT_YET,
    NOW,
    /** More than 30 days past its end: only a new enrolment helps. */
    TOO_LATE
  }

  private final StateDirectory state;
  private final DeviceKey key;
  private final X509Certificate serverCa;
  private final ServiceClient client;
  private final InstantSource clock;
  private final String terminal;
  private X509Certificate current;

  public Renewal(
      StateDirectory state,
      DeviceKey key,
      X509Certificate serverCa,
      X509Certificate current,
      ServiceClient client,
      InstantSource clock)
      throws StateException {
    this.state = state;
    this.key = key;
    this.serverCa = serverCa;
    this.current = current;
    this.client = client;
    this.clock = clock;
    this.terminal = state.settings().terminal();
  }

  /** What the age of {@code certificate} asks for at {@code now}. */
  public static Due due(X509Certificate certificate, Instant now) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = end(certificate);
    if (now.isAfter(end.plus(GRACE))) {
      return Due.TOO_LATE;
    }
    Instant half = begin.plus(Duration.between(begin, end).dividedBy(2));
    return now.isBefore(half) ? Due.NOT_YET : Due.NOW;
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  /**
   * Renews when it is due.
   *
   * @return whether the client uses a new certificate now
   */
  public boolean renewIfDue() throws StateException {
    return due(current, clock.instant()) == Due.NOW && renew();
  }

  private boolean renew() throws StateException {
    Reply<EnrollReply> reply =
        client.renew(new RenewRequest(Base64Url.encode(key.certificateRequest())));
    if (!(reply instanceof Reply.Ok<EnrollReply> ok)) {
      LOG.log(System.Logger.Level.WARNING, "certificate not renewed: {0}", reply);
      return false;
    }
    try {
      List<X509Certificate> chain = DeviceCertificates.of(ok.value(), key);
      if (!ok.value().terminal().equals(terminal) || !end(chain.get(0)).isAfter(end(current))) {
        LOG.log(System.Logger.Level.WARNING, "renewal for another terminal or not longer");
        return false;
      }
      state.storeCertificates(chain);
      client.reload(PinnedTls.context(serverCa, key, chain));
      current = chain.get(0);
      return true;
    } catch (MalformedException e) {
      LOG.log(System.Logger.Level.WARNING, "renewal: {0}", e.getMessage());
      return false;
    }
  }
}
