package jp.sekisho.smartcard.verify;

import java.security.interfaces.ECPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPublicKey;
import org.jspecify.annotations.Nullable;

/**
 * An elliptic-curve key of Bouncy Castle's, equal by its encoding: the key itself converts its
 * whole curve at every {@code equals} and {@code hashCode}, of which a look-up costs several. It
 * also keeps the table of its point's multiples, so that one object should stand for one key.
 * Thread-safe.
 */
final class EcKey implements ECPublicKey {
  private static final long serialVersionUID = 1;

  private final transient BCECPublicKey key;
  private final transient byte[] encoded;
  private final transient int hash;

  EcKey(BCECPublicKey key) {
    this.key = key;
    this.encoded = key.getEncoded();
    this.hash = Arrays.hashCode(encoded);
  }

  /** What Bouncy Castle verifies with. */
  BCECPublicKey bouncyCastle() {
    return key;
  }

  @Override
  public ECPoint getW() {
    return key.getW();
  }

  @Override
  public ECParameterSpec getParams() {
    return key.getParams();
  }

  @Override
  public String getAlgorithm() {
    return "EC";
  }

  @Override
  public String getFormat() {
    return "X.509";
  }

  @Override
  public byte[] getEncoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this || (other instanceof EcKey that && Arrays.equals(encoded, that.encoded));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
