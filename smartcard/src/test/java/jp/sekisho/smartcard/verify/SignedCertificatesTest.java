package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Wycheproof vectors do to signatures, done to those of certificates in a path. */
class SignedCertificatesTest {
  private static final String WRONG = "6.1.3(a)(1)";
  private static final AlgorithmIdentifier ECDSA =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  private static final AlgorithmIdentifier RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
  private static Made ec;
  private static Made rsa;

  @BeforeAll
  static void cas() throws Exception {
    ec = Made.root("CN=ec");
    rsa = Made.ca("CN=rsa").key(pair()).selfSigned();
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
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

  private static byte[] both(BigInteger r, BigInteger s) {
    return join(tlv(2, r.toByteArray()), tlv(2, s.toByteArray()));
  }

  /** What is signed of a leaf, with this algorithm in it. */
  private static ASN1Sequence content(Made ca, AlgorithmIdentifier algorithm) {
    ASN1Sequence made = Remade.content(Made.leaf("CN=l").by(ca));
    ASN1EncodableVector fields = new ASN1EncodableVector();
    for (int i = 0; i < made.size(); i++) {
      fields.add(i == 2 ? algorithm : made.getObjectAt(i));
    }
    return new DERSequence(fields);
  }

  private static String judge(Made ca, byte[] leaf) {
    return Case.under(ca).judge(leaf);
  }

  private static byte[] sign(String algorithm, Made ca, ASN1Sequence content) throws Exception {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(ca.key().getPrivate());
    signer.update(content.getEncoded("DER"));
    return signer.sign();
  }

  @Test
  void ecdsaIsTakenInDerAndInNoOtherForm() throws Exception {
    BigInteger order = ((ECPublicKey) ec.key().getPublic()).getParams().getOrder();
    ASN1Sequence content;
    BigInteger r;
    BigInteger s;
    do {
      content = content(ec, ECDSA);
      ASN1Sequence pair = ASN1Sequence.getInstance(sign("SHA256withECDSA", ec, content));
      r = ASN1Integer.getInstance(pair.getObjectAt(0)).getValue();
      s = ASN1Integer.getInstance(pair.getObjectAt(1)).getValue();
    } while (r.bitLength() != 255 || s.bitLength() != 255);
    byte[] good = tlv(0x30, both(r, s));
    assertEquals("valid", judge(ec, Remade.put(content, ECDSA, good)));
    byte[] other = tlv(0x30, both(r, order.subtract(s)));
    assertEquals("valid", judge(ec, Remade.put(content, ECDSA, other)));
    byte[] inside = both(r, s);
    BigInteger zero = BigInteger.ZERO;
    byte[] padded = tlv(2, join(new byte[1], r.toByteArray()));
    for (byte[] bad :
        new byte[][] {
          join(new byte[] {0x30, (byte) 0x81, (byte) inside.length}, inside),
          join(new byte[] {0x30, (byte) 0x80}, inside, new byte[2]),
          join(good, new byte[2]),
          tlv(0x30, join(inside, new byte[] {5, 0})),
          tlv(0x30, join(padded, tlv(2, s.toByteArray()))),
          tlv(0x30, both(r.add(order), s)),
          tlv(0x30, both(r, s.add(order))),
          tlv(0x30, both(r.subtract(order), s)),
          tlv(0x30, both(r, s.negate())),
          tlv(0x30, both(zero, s)),
          tlv(0x30, both(r, zero)),
          tlv(0x30, both(zero, zero)),
          tlv(0x30, both(order, order)),
          tlv(0x30, both(s, r)),
          tlv(0x30, new byte[0]),
          Arrays.copyOf(good, good.length - 1),
          join(r.toByteArray(), s.toByteArray()),
          new byte[0],
        }) {
      assertEquals(
          WRONG, judge(ec, Remade.put(content, ECDSA, bad)), HexFormat.of().formatHex(bad));
    }
    byte[] unused =
        new DERSequence(new ASN1Encodable[] {content, ECDSA, new DERBitString(shifted(good), 1)})
            .getEncoded("DER");
    assertEquals("4.1", judge(ec, unused), "a signature of no whole number of octets");
  }

  private static byte[] shifted(byte[] bytes) {
    byte[] all = bytes.clone();
    all[all.length - 1] &= (byte) 0xfe;
    return all;
  }

  @Test
  void theHashIsTheOneTheAlgorithmNames() throws Exception {
    Instant of2013 = Instant.parse("2013-12-31T23:59:59Z");
    Instant end = Made.NOW.plus(Duration.ofDays(9));
    for (String name : new String[] {"SHA1withECDSA", "SHA384withECDSA", "SHA512withECDSA"}) {
      byte[] old = Made.leaf("CN=l").valid(of2013, end).signedWith(name).by(ec).der();
      assertEquals("valid", judge(ec, old), name);
      ASN1Sequence content = content(ec, ECDSA);
      assertEquals(WRONG, judge(ec, Remade.put(content, ECDSA, sign(name, ec, content))), name);
    }
    ASN1Sequence content = content(rsa, RSA);
    byte[] signature = sign("SHA512withRSA", rsa, content);
    assertEquals(WRONG, judge(rsa, Remade.put(content, RSA, signature)));
    assertEquals(WRONG, judge(rsa, Remade.put(content, RSA, sign("SHA256withECDSA", ec, content))));
    ASN1Sequence inside =
        content(ec, new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384));
    assertEquals(
        "4.1.1.2",
        judge(ec, Remade.put(inside, ECDSA, sign("SHA256withECDSA", ec, inside))),
        "named differently inside");
  }

  /** Of before, it is for the caller to say; DSA, for which there was nothing else, too. */
  @Test
  void sha1OfAfter2013IsRefusedBelowTheAnchorAndNotOnIt() {
    Instant from = Instant.parse("2014-01-01T00:00:00Z");
    Instant end = Made.NOW.plus(Duration.ofDays(9));
    for (Made ca : new Made[] {ec, rsa}) {
      String name = ca == ec ? "SHA1withECDSA" : "SHA1withRSA";
      String pss = ca == ec ? name : "SHA1withRSAandMGF1";
      for (String algorithm : new String[] {name, pss}) {
        Made.Recipe recipe = Made.leaf("CN=l").signedWith(algorithm);
        assertEquals("4.1.1.2", judge(ca, recipe.valid(from, end).by(ca).der()), algorithm);
        assertEquals(
            "valid", judge(ca, recipe.valid(from.minusSeconds(1), end).by(ca).der()), algorithm);
      }
      Made between = Made.ca("CN=between").signedWith(name).by(ca);
      assertEquals("4.1.1.2", Case.under(ca).via(between).judge(Made.leaf("CN=l").by(between)));
      assertEquals("valid", Case.under(between).judge(Made.leaf("CN=l").by(between)), "pinned");
    }
  }

  /** RSA with the private key over exactly this block. */
  private static byte[] raw(byte[] block) {
    RSAPrivateKey key = (RSAPrivateKey) rsa.key().getPrivate();
    BigInteger value = new BigInteger(1, block).modPow(key.getPrivateExponent(), key.getModulus());
    byte[] bytes = value.toByteArray();
    byte[] fixed = new byte[256];
    int copied = Math.min(256, bytes.length);
    System.arraycopy(bytes, bytes.length - copied, fixed, 256 - copied, copied);
    return fixed;
  }

  private static byte[] block(int type, byte[] end) {
    byte[] out = new byte[256];
    Arrays.fill(out, (byte) 0xff);
    out[0] = 0;
    out[1] = (byte) type;
    out[255 - end.length] = 0;
    System.arraycopy(end, 0, out, 256 - end.length, end.length);
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "3031300d060960864801650304020105000420, valid",
    "302f300b0609608648016503040201 0420, valid",
    "308131 300d060960864801650304020105000420, wrong",
    "3033300f060960864801650304020105000500 0420, wrong",
    "3032300e06096086480165030402010501000420, wrong",
    "3031300d060960864801650304020205000420, wrong",
    "3031300d060960864801650304020105000520, wrong",
  })
  void rsaIsTakenWithTheDigestInfoOfTheRfcOrOneWithoutNull(String info, String expected)
      throws Exception {
    ASN1Sequence content = content(rsa, RSA);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getEncoded("DER"));
    byte[] end = join(HexFormat.of().parseHex(info.replace(" ", "")), digest);
    assertEquals(
        expected.equals("valid") ? "valid" : WRONG,
        judge(rsa, Remade.put(content, RSA, raw(block(1, end)))));
    assertEquals(WRONG, judge(rsa, Remade.put(content, RSA, raw(block(2, end)))));
    assertEquals(
        WRONG, judge(rsa, Remade.put(content, RSA, raw(block(1, join(end, new byte[4]))))));
  }

  @Test
  void rsaOfAnotherLengthIsWrong() throws Exception {
    ASN1Sequence content = content(rsa, RSA);
    byte[] good = sign("SHA256withRSA", rsa, content);
    assertEquals("valid", judge(rsa, Remade.put(content, RSA, good)));
    BigInteger modulus = ((RSAPrivateKey) rsa.key().getPrivate()).getModulus();
    for (byte[] bad :
        new byte[][] {
          join(new byte[1], good),
          join(good, new byte[1]),
          Arrays.copyOf(good, 255),
          new BigInteger(1, good).add(modulus).toByteArray(),
          new byte[256],
          new byte[0]
        }) {
      assertEquals(WRONG, judge(rsa, Remade.put(content, RSA, bad)));
    }
  }

  private static AlgorithmIdentifier pss(
      AlgorithmIdentifier hash, AlgorithmIdentifier mask, int salt) {
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(
            hash,
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, mask),
            new ASN1Integer(salt),
            new ASN1Integer(1)));
  }

  private static final AlgorithmIdentifier SHA256 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
  private static final AlgorithmIdentifier SHA384 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384, DERNull.INSTANCE);

  private static byte[] signPss(Made ca, ASN1Sequence content, int salt) throws Exception {
    Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
    signer.initSign(ca.key().getPrivate());
    signer.update(content.getEncoded("DER"));
    return signer.sign();
  }

  @Test
  void pssIsTakenWithExactlyTheParametersItNames() throws Exception {
    AlgorithmIdentifier usual = pss(SHA256, SHA256, 32);
    ASN1Sequence content = content(rsa, usual);
    assertEquals("valid", judge(rsa, Remade.put(content, usual, signPss(rsa, content, 32))));
    for (int salt : new int[] {0, 20, 31, 33}) {
      assertEquals(WRONG, judge(rsa, Remade.put(content, usual, signPss(rsa, content, salt))));
      AlgorithmIdentifier named = pss(SHA256, SHA256, salt);
      ASN1Sequence such = content(rsa, named);
      assertEquals("valid", judge(rsa, Remade.put(such, named, signPss(rsa, such, salt))));
    }
    for (AlgorithmIdentifier other :
        new AlgorithmIdentifier[] {pss(SHA384, SHA256, 32), pss(SHA256, SHA384, 32)}) {
      ASN1Sequence such = content(rsa, other);
      assertEquals(WRONG, judge(rsa, Remade.put(such, other, signPss(rsa, such, 32))));
    }
    ASN1Sequence plain = content(rsa, RSA);
    assertEquals(WRONG, judge(rsa, Remade.put(plain, RSA, signPss(rsa, plain, 32))));
  }

  /** RFC 4055 1.2 and 3.3: a key marked for PSS makes nothing else, and keeps to its parameters. */
  @Test
  void aKeyForPssAloneSignsNothingElse() throws Exception {
    KeyPair pair = pair();
    SubjectPublicKeyInfo open = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
    Made free = marked(pair, new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS), open);
    Made bound = marked(pair, pss(SHA256, SHA256, 32), open);
    AlgorithmIdentifier usual = pss(SHA256, SHA256, 32);
    for (Made ca : new Made[] {free, bound}) {
      ASN1Sequence content = content(ca, usual);
      assertEquals("valid", judge(ca, Remade.put(content, usual, signPss(ca, content, 32))));
      ASN1Sequence plain = content(ca, RSA);
      byte[] signature = sign("SHA256withRSA", ca, plain);
      assertEquals(WRONG, judge(ca, Remade.put(plain, RSA, signature)), "PKCS#1 v1.5");
    }
    AlgorithmIdentifier shorter = pss(SHA256, SHA256, 20);
    ASN1Sequence content = content(bound, shorter);
    assertEquals(
        WRONG,
        judge(bound, Remade.put(content, shorter, signPss(bound, content, 20))),
        "less salt");
    assertEquals(
        java.util.Optional.empty(),
        SignatureVerifier.algorithm(SignatureVerifier.certified(free.der()).orElseThrow()));
  }

  private static Made marked(KeyPair pair, AlgorithmIdentifier mark, SubjectPublicKeyInfo open)
      throws Exception {
    return Made.ca("CN=pss")
        .key(pair)
        .keyInfo(new SubjectPublicKeyInfo(mark, open.parsePublicKey()))
        .selfSigned();
  }

  @Test
  void aStructureNestedDeeplyCostsARefusal() throws Exception {
    for (int depth : new int[] {100, 8_000, 30_000}) {
      ByteArrayOutputStream tags = new ByteArrayOutputStream();
      // Indefinite lengths: a level costs two bytes.
      for (int i = 0; i < depth; i++) {
        tags.write(0x30);
        tags.write(0x80);
      }
      byte[] nested = tags.toByteArray();
      byte[] whole =
          join(
              new byte[] {0x30, (byte) 0x83, 0, (byte) (nested.length >> 8), (byte) nested.length},
              nested);
      String section = judge(ec, whole);
      assertEquals("4.1", section, depth + " levels");
      assertEquals(java.util.Optional.empty(), SignatureVerifier.encoded(whole));
    }
    assertEquals("4.1", judge(ec, definite(16_000)));
  }

  /** SEQUENCEs within SEQUENCEs, as deep as 64 KiB allow. */
  private static byte[] definite(int depth) {
    byte[] bytes = new byte[4 * depth];
    for (int i = 0; i < depth; i++) {
      int length = bytes.length - 4 * i - 4;
      bytes[4 * i] = 0x30;
      bytes[4 * i + 1] = (byte) 0x82;
      bytes[4 * i + 2] = (byte) (length >> 8);
      bytes[4 * i + 3] = (byte) length;
    }
    return bytes;
  }
}
