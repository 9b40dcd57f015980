package jp.sekisho.server.terminal;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.listener.Bc;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * The device key that a PKCS#10 request proves its sender to hold. Nothing else of the request
 * counts: subject and wished extensions are ignored.
 *
 * @param spki DER in its one form: P-256 named, point uncompressed
 */
@SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into it
record DeviceCsr(byte[] spki) {
  private static final int MAX_CHARACTERS = 4096;

  /** id-ecPublicKey, prime256v1, a bit string of an uncompressed point. */
  private static final byte[] P256_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int P256_LENGTH = 91;

  /** The key in {@code text}, base64url; empty unless the request is well formed and signed. */
  static Optional<DeviceCsr> parse(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    try {
      byte[] der = Base64Url.decode(text);
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      byte[] spki = request.getSubjectPublicKeyInfo().getEncoded();
      if (!Arrays.equals(request.getEncoded(), der)
          || spki.length != P256_LENGTH
          || !Arrays.equals(Arrays.copyOf(spki, P256_PREFIX.length), P256_PREFIX)
          || !request
              .getSignatureAlgorithm()
              .getAlgorithm()
              .equals(X9ObjectIdentifiers.ecdsa_with_SHA256)) {
        return Optional.empty();
      }
      PublicKey key = key(spki);
      boolean signed =
          request.isSignatureValid(
              new JcaContentVerifierProviderBuilder().setProvider(Bc.PROVIDER).build(key));
      return signed ? Optional.of(new DeviceCsr(spki)) : Optional.empty();
    } catch (MalformedException
        | IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      // Bouncy Castle throws many kinds for bytes that are no request; all mean the same.
      return Optional.empty();
    }
  }

  /** The key; its point was checked to lie on the curve. */
  PublicKey key() throws GeneralSecurityException {
    return key(spki);
  }

  private static PublicKey key(byte[] spki) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC", Bc.PROVIDER).generatePublic(new X509EncodedKeySpec(spki));
  }
}
