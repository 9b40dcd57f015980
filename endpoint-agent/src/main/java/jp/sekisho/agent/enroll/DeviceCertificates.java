package jp.sekisho.agent.enroll;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/** Checks that the certificates of an {@link EnrollReply} are for this key and that terminal. */
final class DeviceCertificates {
  private static final int URI_NAME = 6;
  private static final int LONGEST_CHAIN = 4;

  private DeviceCertificates() {}

  /** The device certificate, then its CA; malformed when they are not what they must be. */
  static List<X509Certificate> of(EnrollReply reply, DeviceKey key) throws MalformedException {
    if (!Names.isTerminal(reply.terminal()) || !Names.isOrgan(reply.organ())) {
      throw new MalformedException("terminal or organ");
    }
    if (reply.certificates().size() < 2 || reply.certificates().size() > LONGEST_CHAIN) {
      throw new MalformedException("certificates");
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (String text : reply.certificates()) {
      chain.add(StateDirectory.certificate(Base64Url.decode(text)));
    }
    X509Certificate device = chain.get(0);
    if (!Arrays.equals(device.getPublicKey().getEncoded(), key.spki())
        || !reply.fingerprint().equals(key.fingerprint())) {
      throw new MalformedException("certificate of another key");
    }
    try {
      for (int i = 0; i + 1 < chain.size(); i++) {
        chain.get(i).verify(chain.get(i + 1).getPublicKey());
      }
      Collection<List<?>> names = device.getSubjectAlternativeNames();
      String uri = Names.terminalUri(reply.terminal());
      if (names == null
          || names.stream()
              .noneMatch(name -> name.get(0).equals(URI_NAME) && uri.equals(name.get(1)))) {
        throw new MalformedException("certificate of another terminal");
      }
    } catch (GeneralSecurityException e) {
      throw new MalformedException("certificate chain");
    }
    return List.copyOf(chain);
  }
}
