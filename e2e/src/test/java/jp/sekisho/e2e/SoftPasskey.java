package jp.sekisho.e2e;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Sha256;

/**
 * An authenticator without attestation, for Keycloak's own WebAuthn step: one P-256 key of one
 * user. Only measurements use it; Sekisho would refuse it.
 */
final class SoftPasskey {
  private static final int PRESENT_AND_VERIFIED = 0x05;
  private static final int ATTESTED = 0x40;

  private final byte[] id = Sha256.of("credential".getBytes(StandardCharsets.UTF_8));
  private final String origin;
  private final KeyPair pair;
  private String user = "";
  private int counter;

  SoftPasskey(String origin) {
    this.origin = origin;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      this.pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fields of the registration's form. */
  String[] register(String challenge, String userHandle) {
    user = userHandle;
    byte[] point = cose((ECPublicKey) pair.getPublic());
    ByteBuffer attested = ByteBuffer.allocate(16 + 2 + id.length + point.length);
    attested.put(new byte[16]).putShort((short) id.length).put(id).put(point);
    byte[] data = authenticatorData(PRESENT_AND_VERIFIED | ATTESTED, attested.array());
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    object.write(0xA3); // a map of three
    text(object, "fmt");
    text(object, "none");
    text(object, "attStmt");
    object.write(0xA0);
    text(object, "authData");
    object.write(0x59); // bytes, length in two
    object.write(data.length >> 8);
    object.write(data.length);
    object.writeBytes(data);
    return new String[] {
      "clientDataJSON", Base64Url.encode(clientData("webauthn.create", challenge)),
      "attestationObject", Base64Url.encode(object.toByteArray()),
      "publicKeyCredentialId", Base64Url.encode(id),
      "authenticatorLabel", "bench",
      "transports", "usb"
    };
  }

  /** Fields of the login's form. */
  String[] answer(String challenge) {
    byte[] client = clientData("webauthn.get", challenge);
    byte[] data = authenticatorData(PRESENT_AND_VERIFIED, new byte[0]);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(data);
      signature.update(Sha256.of(client));
      return new String[] {
        "clientDataJSON", Base64Url.encode(client),
        "authenticatorData", Base64Url.encode(data),
        "signature", Base64Url.encode(signature.sign()),
        "credentialId", Base64Url.encode(id),
        "userHandle", user
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] clientData(String type, String challenge) {
    return ("{\"type\":\""
            + type
            + "\",\"challenge\":\""
            + challenge
            + "\",\"origin\":\""
            + origin
            + "\",\"crossOrigin\":false}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] authenticatorData(int flags, byte[] more) {
    byte[] place = Sha256.of(URI.create(origin).getHost().getBytes(StandardCharsets.UTF_8));
    ByteBuffer data = ByteBuffer.allocate(37 + more.length);
    data.put(place).put((byte) flags).putInt(++counter).put(more);
    return data.array();
  }

  private static byte[] cose(ECPublicKey key) {
    ByteArrayOutputStream map = new ByteArrayOutputStream();
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    map.writeBytes(new byte[] {(byte) 0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20});
    map.writeBytes(coordinate(key.getW().getAffineX()));
    map.writeBytes(new byte[] {0x22, 0x58, 0x20});
    map.writeBytes(coordinate(key.getW().getAffineY()));
    return map.toByteArray();
  }

  private static byte[] coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] out = new byte[32];
    int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, out, 32 - length, length);
    return out;
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.write(0x60 + text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
