package jp.sekisho.agent.config;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.MalformedException;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** The terminal's P-256 key: signs terminal statements and is this terminal's TLS client. */
public final class DeviceKey {
  private static final String CURVE = "secp256r1";
  private static final String LABEL = "PRIVATE KEY";
  private static final String SIGNATURE = "SHA256withECDSA";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private DeviceKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new key. */
  public static DeviceKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), new SecureRandom());
      KeyPair pair = generator.generateKeyPair();
      return new DeviceKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no P-256", e);
    }
  }

  /** The key in a PKCS#8 PEM file. */
  static DeviceKey parse(byte[] file) throws MalformedException {
    List<byte[]> objects = Pem.read(LABEL, file);
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      if (!(factory.generatePrivate(new PKCS8EncodedKeySpec(objects.get(0)))
          instanceof ECPrivateKey key)) {
        throw new MalformedException("not an EC key");
      }
      return new DeviceKey(key, factory.generatePublic(publicOf(key)));
    } catch (GeneralSecurityException e) {
      throw new MalformedException("not a P-256 key");
    } finally {
      objects.forEach(der -> Arrays.fill(der, (byte) 0));
    }
  }

  /** PKCS#8 as the JDK writes it lacks the public half, hence computed. */
  private static ECPublicKeySpec publicOf(ECPrivateKey key) throws MalformedException {
    if (key.getParams().getCurve().getField().getFieldSize() != 256) {
      throw new MalformedException("not a P-256 key");
    }
    BigInteger scalar = key.getS();
    var point = ECNamedCurveTable.getParameterSpec(CURVE).getG().multiply(scalar).normalize();
    return new ECPublicKeySpec(
        new ECPoint(point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger()),
        key.getParams());
  }

  /** The PKCS#8 PEM file; secret. */
  byte[] file() {
    return Pem.write(LABEL, List.of(privateKey.getEncoded()));
  }

  /** DER signature, SHA256withECDSA, over {@code bytes}. */
  public byte[] sign(byte[] bytes) {
    try {
      Signature signer = Signature.getInstance(SIGNATURE);
      signer.initSign(privateKey);
      signer.update(bytes);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the device key does not sign", e);
    }
  }

  /** A PKCS#10 request of this key. The service names the terminal, not the request. */
  public byte[] certificateRequest() {
    try {
      return new JcaPKCS10CertificationRequestBuilder(
              new X500Principal("CN=sekisho-terminal"), publicKey)
          .build(new JcaContentSignerBuilder(SIGNATURE).build(privateKey))
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("the device key does not sign", e);
    }
  }

  /** SubjectPublicKeyInfo's DER. */
  public byte[] spki() {
    return publicKey.getEncoded();
  }

  /** What two people read to each other at enrolment. */
  public String fingerprint() {
    return Fingerprint.of(spki());
  }

  /** For the TLS client only. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "DeviceKey[" + fingerprint() + "]";
  }
}
