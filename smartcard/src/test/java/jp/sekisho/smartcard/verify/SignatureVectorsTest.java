package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forged and malformed signatures in the manner of the Wycheproof vectors. */
class SignatureVectorsTest {
  private static final byte[] DATA = "sekisho/card-statement/v1".getBytes(StandardCharsets.UTF_8);
  private static final String SHA256_INFO = "3031300d060960864801650304020105000420";
  private static KeyPair rsa;
  private static KeyPair ec;
  private static BigInteger order;
  private static BigInteger r;
  private static BigInteger s;

  @BeforeAll
  static void keys() throws Exception {
    rsa = pair("RSA", 2048);
    ec = pair("EC", 256);
    order = ((ECPublicKey) ec.getPublic()).getParams().getOrder();
    // A signature whose numbers have the sizes the encodings below assume.
    do {
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(ec.getPrivate());
      signer.update(DATA);
      byte[] der = signer.sign();
      int length = der[3];
      r = new BigInteger(Arrays.copyOfRange(der, 4, 4 + length));
      s = new BigInteger(Arrays.copyOfRange(der, 6 + length, der.length));
    } while (r.bitLength() != 255 || s.bitLength() != 255);
  }

  private static KeyPair pair(String type, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] tlv(int tag, byte[] content) {
    return join(new byte[] {(byte) tag, (byte) content.length}, content);
  }

  private static byte[] sequence(byte[]... parts) {
    return tlv(0x30, join(parts));
  }

  private static byte[] integer(BigInteger value) {
    return tlv(2, value.toByteArray());
  }

  private static boolean ecdsa(byte[] signature) {
    return SignatureVerifier.verifies(ec.getPublic(), DATA, signature);
  }

  @Test
  void ecdsaInDerIsAccepted() {
    assertTrue(ecdsa(sequence(integer(r), integer(s))));
    assertTrue(ecdsa(sequence(integer(r), integer(order.subtract(s)))), "the other s is as good");
  }

  @Test
  void ecdsaInAnotherEncodingIsRefused() {
    byte[] both = join(integer(r), integer(s));
    byte[] padded = join(new byte[1], r.toByteArray());
    for (byte[] signature :
        new byte[][] {
          join(new byte[] {0x30, (byte) 0x81, (byte) both.length}, both),
          join(new byte[] {0x30, (byte) 0x82, 0, (byte) both.length}, both),
          join(new byte[] {0x30, (byte) 0x80}, both, new byte[2]),
          join(new byte[] {0x31, (byte) both.length}, both),
          join(sequence(both), new byte[2]),
          sequence(both, new byte[] {5, 0}),
          sequence(tlv(2, padded), integer(s)),
          sequence(integer(r), tlv(2, join(new byte[1], s.toByteArray()))),
          sequence(integer(r)),
          sequence(integer(r), integer(s), integer(s)),
          sequence(tlv(4, r.toByteArray()), integer(s)),
          sequence(tlv(2, new byte[0]), integer(s)),
          Arrays.copyOf(sequence(both), both.length),
          both,
          new byte[0],
          new byte[] {0x30},
          new byte[] {0x30, 0},
          join(r.toByteArray(), s.toByteArray()),
        }) {
      assertFalse(ecdsa(signature), HexFormat.of().formatHex(signature));
    }
  }

  @Test
  void ecdsaOfNumbersOutsideOneToTheOrderIsRefused() {
    BigInteger zero = BigInteger.ZERO;
    BigInteger one = BigInteger.ONE;
    for (BigInteger odd :
        new BigInteger[] {
          zero,
          one,
          order,
          order.subtract(one),
          order.add(one),
          order.negate(),
          one.negate(),
          ((ECPublicKey) ec.getPublic()).getParams().getCurve().getA(),
          order.shiftLeft(8)
        }) {
      assertFalse(ecdsa(sequence(integer(odd), integer(s))), "r = " + odd);
      assertFalse(ecdsa(sequence(integer(r), integer(odd))), "s = " + odd);
      for (BigInteger other : new BigInteger[] {zero, one, order}) {
        assertFalse(ecdsa(sequence(integer(odd), integer(other))), odd + ", " + other);
      }
    }
    assertFalse(ecdsa(sequence(integer(r.add(order)), integer(s))));
    assertFalse(ecdsa(sequence(integer(r), integer(s.add(order)))));
    assertFalse(ecdsa(sequence(integer(r.negate()), integer(s))));
    assertFalse(ecdsa(sequence(integer(r.subtract(order)), integer(s))));
  }

  /** RSA with the private key over exactly this block. */
  private static boolean rsa(byte[] block) {
    RSAPrivateKey key = (RSAPrivateKey) rsa.getPrivate();
    BigInteger raw = new BigInteger(1, block).modPow(key.getPrivateExponent(), key.getModulus());
    return SignatureVerifier.verifies(rsa.getPublic(), DATA, fixed(raw, 256));
  }

  private static byte[] fixed(BigInteger value, int length) {
    byte[] out = new byte[length];
    byte[] bytes = value.toByteArray();
    int copied = Math.min(length, bytes.length);
    System.arraycopy(bytes, bytes.length - copied, out, length - copied, copied);
    return out;
  }

  /** 00 01 FF … FF 00 and the given end, 256 bytes. */
  private static byte[] block(byte[] end) {
    byte[] out = new byte[256];
    Arrays.fill(out, (byte) 0xff);
    out[0] = 0;
    out[1] = 1;
    out[255 - end.length] = 0;
    System.arraycopy(end, 0, out, 256 - end.length, end.length);
    return out;
  }

  private static byte[] digest(String algorithm) throws Exception {
    return MessageDigest.getInstance(algorithm).digest(DATA);
  }

  @Test
  void rsaWithTheExactPaddingIsAccepted() throws Exception {
    assertTrue(rsa(block(join(hex(SHA256_INFO), digest("SHA-256")))));
  }

  @ParameterizedTest
  @CsvSource({
    "3081 31 300d060960864801650304020105000420, long length",
    "3080300d060960864801650304020105000420, indefinite length",
    "3033300f060960864801650304020105000500 0420, two NULLs",
    "3032300e06096086480165030402010501000420, NULL with content",
    "3031300d060960864801650304020205000420, OID of SHA-384",
    "3031300d060960864801650304020305000420, OID of SHA-512",
    "3031300d060960864801650304020105000520, no OCTET STRING",
    "3021300906052b0e03021a05000414, SHA-1 with the digest of SHA-256",
    "303130 0d06096086480165030402010500 0421, wrong length of the digest",
  })
  void rsaWithAnotherDigestInfoIsRefused(String info, String what) throws Exception {
    assertFalse(rsa(block(join(hex(info), digest("SHA-256")))), what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA-1", "SHA-384", "SHA-512"})
  void rsaOverAnotherDigestIsRefused(String algorithm) throws Exception {
    String info =
        switch (algorithm) {
          case "SHA-1" -> "3021300906052b0e03021a05000414";
          case "SHA-384" -> "3041300d060960864801650304020205000430";
          default -> "3051300d060960864801650304020305000440";
        };
    assertFalse(rsa(block(join(hex(info), digest(algorithm)))));
  }

  @Test
  void rsaWithWrongPaddingIsRefused() throws Exception {
    byte[] end = join(hex(SHA256_INFO), digest("SHA-256"));
    byte[] type2 = block(end);
    type2[1] = 2;
    byte[] type0 = block(end);
    type0[1] = 0;
    byte[] zero = block(end);
    zero[5] = 0;
    byte[] noSeparator = block(end);
    noSeparator[255 - end.length] = (byte) 0xff;
    byte[] early = new byte[256];
    System.arraycopy(block(new byte[0]), 0, early, 0, 10);
    early[10] = 0;
    System.arraycopy(end, 0, early, 11, end.length);
    byte[] trailing = block(join(end, new byte[8]));
    for (byte[] bad : new byte[][] {type2, type0, zero, noSeparator, early, trailing, end}) {
      assertFalse(rsa(bad));
    }
  }

  @Test
  void rsaOfTheWrongLengthOrSizeIsRefused() throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(rsa.getPrivate());
    signer.update(DATA);
    byte[] good = signer.sign();
    assertTrue(SignatureVerifier.verifies(rsa.getPublic(), DATA, good));
    BigInteger modulus = ((RSAPrivateKey) rsa.getPrivate()).getModulus();
    BigInteger value = new BigInteger(1, good);
    for (byte[] bad :
        new byte[][] {
          join(new byte[1], good),
          join(good, new byte[1]),
          Arrays.copyOf(good, 255),
          new byte[0],
          new byte[256],
          fixed(BigInteger.ONE, 256),
          fixed(modulus, 256),
          fixed(modulus.subtract(BigInteger.ONE), 256),
          value.add(modulus).toByteArray()
        }) {
      assertFalse(SignatureVerifier.verifies(rsa.getPublic(), DATA, bad));
    }
  }
}
