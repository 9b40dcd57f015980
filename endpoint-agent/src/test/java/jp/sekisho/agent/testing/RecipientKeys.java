package jp.sekisho.agent.testing;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;

/** A recipient with a certificate and its key. */
public record RecipientKeys(X509Certificate certificate, PrivateKey key) {
  /** {@code rsa}, or the name of a curve. */
  public static RecipientKeys make(String kind) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(kind.startsWith("rsa") ? "RSA" : "EC");
      if (kind.startsWith("rsa")) {
        generator.initialize(kind.equals("rsa") ? 2048 : Integer.parseInt(kind.substring(3)));
      } else {
        generator.initialize(new ECGenParameterSpec(kind));
      }
      KeyPair keys = generator.generateKeyPair();
      Instant now = Instant.now();
      return new RecipientKeys(
          new TestPki("recipients' CA").issue(keys.getPublic(), kind, now, now.plusSeconds(86_400)),
          keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
