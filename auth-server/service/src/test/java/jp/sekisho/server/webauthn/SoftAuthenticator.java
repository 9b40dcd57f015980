package jp.sekisho.server.webauthn;

import com.upokecenter.cbor.CBORObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.PasskeyOptions;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.server.authn.TestCa;
import org.jspecify.annotations.Nullable;

/**
 * An authenticator and its browser in software: makes real attestation objects and assertions, and
 * lies wherever a test tells it to.
 */
public final class SoftAuthenticator {
  static final int UP = 0x01;
  static final int UV = 0x04;
  static final int BE = 0x08;
  static final int BS = 0x10;
  static final int AT = 0x40;
  static final int ED = 0x80;

  /** How it attests itself. */
  enum Format {
    PACKED,
    FIDO_U2F,
    SELF,
    NONE
  }

  final KeyPair keys = TestCa.p256();
  final byte[] credentialId = random();
  byte[] userHandle = new byte[0];
  String aaguid = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
  Format format = Format.NONE;
  @Nullable Maker maker;
  boolean aaguidInCertificate = true;
  int algorithm = -7;
  String origin;
  String rpId;
  String createType = "webauthn.create";
  String getType = "webauthn.get";
  String more = "";
  int flags = UP | UV;
  public long counter = 1;
  int counts = 1;
  boolean breakSignature;

  /**
   * @param origin of the page it is used on
   */
  public SoftAuthenticator(String origin) {
    this.origin = origin;
    this.rpId = RelyingPlace.of(origin).rpId();
  }

  /** Attests with a maker's certificate. */
  public SoftAuthenticator of(Maker by) {
    format = Format.PACKED;
    maker = by;
    return this;
  }

  private static byte[] random() {
    UUID uuid = UUID.randomUUID();
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private byte[] clientData(String type, String challenge) {
    return ("{\"type\":\""
            + type
            + "\",\"challenge\":\""
            + challenge
            + "\",\"origin\":\""
            + origin
            + "\",\"crossOrigin\":false"
            + more
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] head(int with) {
    ByteBuffer data = ByteBuffer.allocate(37);
    data.put(Sha256.of(rpId.getBytes(StandardCharsets.UTF_8)));
    data.put((byte) (flags | with));
    data.putInt((int) counter);
    return data.array();
  }

  /** Makes a passkey for a page that asked so. */
  public NewPasskey make(PasskeyOptions options) {
    try {
      userHandle = Base64Url.decode(options.user());
    } catch (jp.sekisho.protocol.MalformedException e) {
      throw new IllegalArgumentException(e);
    }
    Attestation.Made made = make(options.challenge());
    return new NewPasskey(
        "テストの鍵",
        Base64Url.encode(made.credentialId()),
        Base64Url.encode(made.clientDataJson()),
        Base64Url.encode(made.attestationObject()));
  }

  Attestation.Made make(String challenge) {
    byte[] clientData = clientData(createType, challenge);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(head(AT));
    data.writeBytes(aaguidBytes());
    data.writeBytes(new byte[] {0, (byte) credentialId.length});
    data.writeBytes(credentialId);
    data.writeBytes(coseKey());
    byte[] authData = data.toByteArray();
    CBORObject object =
        CBORObject.NewOrderedMap()
            .Add(
                "fmt",
                switch (format) {
                  case NONE -> "none";
                  case FIDO_U2F -> "fido-u2f";
                  case PACKED, SELF -> "packed";
                })
            .Add("attStmt", statement(authData, clientData))
            .Add("authData", authData);
    return new Attestation.Made(credentialId, clientData, object.EncodeToBytes());
  }

  private CBORObject statement(byte[] authData, byte[] clientData) {
    CBORObject statement = CBORObject.NewOrderedMap();
    if (format == Format.NONE) {
      return statement;
    }
    byte[] signed =
        format == Format.FIDO_U2F ? u2fSigned(clientData) : concat(authData, Sha256.of(clientData));
    Maker by = maker;
    KeyPair signer = format == Format.SELF || by == null ? keys : by.batchKeys;
    byte[] signature = TestCa.sign(signer.getPrivate(), signed);
    if (breakSignature) {
      signature[signature.length - 1] ^= 1;
    }
    if (format != Format.FIDO_U2F) {
      statement.Add("alg", -7);
    }
    statement.Add("sig", signature);
    if (format != Format.SELF && by != null) {
      X509Certificate batch = by.batch(aaguidInCertificate ? aaguidBytes() : null);
      try {
        statement.Add("x5c", CBORObject.NewArray().Add(batch.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    return statement;
  }

  /** What a U2F token signs (WebAuthn §8.6): neither AAGUID nor flags are in it. */
  private byte[] u2fSigned(byte[] clientData) {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.write(0);
    signed.writeBytes(Sha256.of(rpId.getBytes(StandardCharsets.UTF_8)));
    signed.writeBytes(Sha256.of(clientData));
    signed.writeBytes(credentialId);
    signed.write(4);
    signed.writeBytes(fixed(key.getW().getAffineX().toByteArray()));
    signed.writeBytes(fixed(key.getW().getAffineY().toByteArray()));
    return signed.toByteArray();
  }

  private byte[] aaguidBytes() {
    return HexFormat.of().parseHex(aaguid.replace("-", ""));
  }

  private byte[] coseKey() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    return CBORObject.NewOrderedMap()
        .Add(1, 2)
        .Add(3, algorithm)
        .Add(-1, 1)
        .Add(-2, fixed(key.getW().getAffineX().toByteArray()))
        .Add(-3, fixed(key.getW().getAffineY().toByteArray()))
        .EncodeToBytes();
  }

  private static byte[] fixed(byte[] number) {
    byte[] fixed = new byte[32];
    int length = Math.min(32, number.length);
    System.arraycopy(number, number.length - length, fixed, 32 - length, length);
    return fixed;
  }

  /** Answers a challenge, base64url, and counts on. */
  public Assertion answer(String challenge) {
    counter += counts;
    byte[] clientData = clientData(getType, challenge);
    byte[] authData = head(0);
    if ((flags & ED) != 0) {
      authData = concat(authData, CBORObject.NewMap().Add("x", true).EncodeToBytes());
    }
    byte[] signature = TestCa.sign(keys.getPrivate(), concat(authData, Sha256.of(clientData)));
    if (breakSignature) {
      signature[signature.length - 1] ^= 1;
    }
    return new Assertion(credentialId, authData, clientData, signature, userHandle);
  }

  static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
