package jp.sekisho.e2e;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Sha256;

/**
 * A passkey in software (ES256) for Keycloak's own WebAuthn step, its credential as Keycloak
 * imports it. For one thread.
 */
final class SoftPasskey {
  private static final byte[] BEFORE_X = HexFormat.of().parseHex("a5010203262001215820");
  private static final byte[] BEFORE_Y = HexFormat.of().parseHex("225820");

  /** User present and verified. */
  private static final byte FLAGS = 0x05;

  private final String user;
  private final byte[] id;
  private final KeyPair pair;
  private int counter = 1;

  /** {@code user}: Keycloak's id of the user. */
  SoftPasskey(String user) throws GeneralSecurityException {
    this.user = user;
    this.id = Sha256.of(user.getBytes(StandardCharsets.UTF_8));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    this.pair = generator.generateKeyPair();
  }

  /** The credential's data as Keycloak keeps it. */
  String credentialData() {
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    byte[] cose =
        join(
            BEFORE_X,
            fixed(key.getW().getAffineX().toByteArray()),
            BEFORE_Y,
            fixed(key.getW().getAffineY().toByteArray()));
    return "{\"aaguid\":\"00000000-0000-0000-0000-000000000000\",\"credentialId\":\""
        + Base64.getEncoder().encodeToString(id)
        + "\",\"counter\":1,\"credentialPublicKey\":\""
        + Base64Url.encode(cose)
        + "\",\"attestationStatementFormat\":\"none\"}";
  }

  /** The fields of the form with which the page answers {@code challenge}: name, value, name, … */
  String[] answer(String challenge, String origin, String rpId) throws GeneralSecurityException {
    byte[] client =
        ("{\"type\":\"webauthn.get\",\"challenge\":\""
                + challenge
                + "\",\"origin\":\""
                + origin
                + "\",\"crossOrigin\":false}")
            .getBytes(StandardCharsets.UTF_8);
    byte[] authenticator =
        join(
            Sha256.of(rpId.getBytes(StandardCharsets.UTF_8)),
            new byte[] {FLAGS},
            ByteBuffer.allocate(4).putInt(++counter).array());
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(authenticator);
    signature.update(Sha256.of(client));
    return new String[] {
      "clientDataJSON", Base64Url.encode(client),
      "authenticatorData", Base64Url.encode(authenticator),
      "signature", Base64Url.encode(signature.sign()),
      "credentialId", Base64Url.encode(id),
      "userHandle", Base64Url.encode(user.getBytes(StandardCharsets.UTF_8)),
      "error", ""
    };
  }

  /** A coordinate's 32 bytes: without a sign, with leading zeros. */
  private static byte[] fixed(byte[] number) {
    byte[] fixed = new byte[32];
    int length = Math.min(number.length, 32);
    System.arraycopy(number, number.length - length, fixed, 32 - length, length);
    return fixed;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
