package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Tlv;

/**
 * The asymmetric keys of the PIV application: 9A, 9C, 9D, 9E and the retired 82 to 95. Each has a
 * PIN policy in Yubico's numbers; {@link #DEFAULT} is SP 800-73-5's rule for the slot.
 */
final class PivKeys {
  static final int DEFAULT = 0;
  static final int NEVER = 1;
  static final int ONCE = 2;
  static final int ALWAYS = 3;

  private static final int GENERATED = 1;
  private static final int IMPORTED = 2;
  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private final CardStore store;
  private final PivPins pins;

  PivKeys(CardStore store, PivPins pins) {
    this.store = store;
    this.pins = pins;
  }

  static boolean isSlot(int reference) {
    return reference == 0x9A
        || (reference >= 0x9C && reference <= 0x9E)
        || (reference >= 0x82 && reference <= 0x95);
  }

  /** GENERAL AUTHENTICATE; the template is what 7C holds. */
  Response use(int algorithm, int slot, List<Tlv> template)
      throws IOException, GeneralSecurityException {
    Optional<PrivateKey> key = isSlot(slot) ? store.key(name(slot)) : Optional.empty();
    if (key.isEmpty() || CardKey.of(key.get()).algorithm() != algorithm) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    boolean allowed =
        switch (policy(slot, "pin", byRule(slot))) {
          case NEVER -> true;
          case ALWAYS -> pins.isJustVerified();
          default -> pins.isVerified();
        };
    if (!allowed) {
      return Response.of(StatusWords.NOT_VERIFIED);
    }
    CardKey type = CardKey.of(key.get());
    Optional<byte[]> input = Tlv.find(template, 0x81);
    if (input.isEmpty()
        || input.get().length == 0
        || input.get().length > type.bytes()
        || (type.isRsa() && input.get().length != type.bytes())) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    byte[] output = CardKey.operate(key.get(), input.get());
    return new Response(Tlv.of(0x7C, new Tlv(0x82, output)).encode(), Response.OK);
  }

  /** GENERATE ASYMMETRIC KEY PAIR: AC{80 algorithm, Yubico's AA PIN policy, AB touch policy}. */
  Response generate(int slot, byte[] data)
      throws IOException, CardException, GeneralSecurityException {
    if (!isSlot(slot)) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    List<Tlv> template = Tlv.parse(Tlv.require(data, 0xAC));
    Optional<CardKey> type = CardKey.of(one(template, 0x80, 0));
    if (type.isEmpty() || one(template, 0xAA, 0) > ALWAYS) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    KeyPair pair = type.get().generate();
    keep(slot, pair.getPrivate(), template, GENERATED);
    return new Response(new Tlv(0x7F49, CardKey.encode(pair.getPublic())).encode(), Response.OK);
  }

  /** Yubico's IMPORT ASYMMETRIC KEY: 01 p and 02 q, or 06 the EC scalar. */
  Response put(int algorithm, int slot, byte[] data)
      throws IOException, CardException, GeneralSecurityException {
    Optional<CardKey> type = CardKey.of(algorithm);
    if (type.isEmpty() || !isSlot(slot)) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    List<Tlv> parts = Tlv.parse(data);
    PrivateKey key =
        type.get().isRsa()
            ? rsa(number(parts, 0x01), number(parts, 0x02))
            : ec(type.get().curve(), number(parts, 0x06));
    if (CardKey.of(key) != type.get() || one(parts, 0xAA, 0) > ALWAYS) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    keep(slot, key, parts, IMPORTED);
    return Response.of(Response.OK);
  }

  /** Yubico's GET METADATA of a key. */
  Response metadata(int slot) throws IOException, GeneralSecurityException {
    Optional<PrivateKey> key = isSlot(slot) ? store.key(name(slot)) : Optional.empty();
    if (key.isEmpty()) {
      return Response.of(StatusWords.UNKNOWN_REFERENCE);
    }
    List<Tlv> values = new ArrayList<>();
    values.add(new Tlv(0x01, new byte[] {(byte) CardKey.of(key.get()).algorithm()}));
    values.add(
        new Tlv(
            0x02,
            new byte[] {
              (byte) policy(slot, "pin", byRule(slot)), (byte) policy(slot, "touch", NEVER)
            }));
    values.add(new Tlv(0x03, new byte[] {(byte) policy(slot, "origin", GENERATED)}));
    values.add(new Tlv(0x04, CardKey.encode(CardKey.publicKey(key.get()))));
    return new Response(Tlv.of(0, values.toArray(Tlv[]::new)).value(), Response.OK);
  }

  /**
   * What may be attested: a key that was made here.
   *
   * @param pinPolicy and touch policy in Yubico's numbers
   */
  record Made(PublicKey key, int pinPolicy, int touchPolicy) {}

  /** The key of a slot if it was made on this card; one that came from outside is not attested. */
  Optional<Made> made(int slot) throws IOException, GeneralSecurityException {
    Optional<PrivateKey> key = isSlot(slot) ? store.key(name(slot)) : Optional.empty();
    return key.isEmpty() || policy(slot, "origin", GENERATED) != GENERATED
        ? Optional.empty()
        : Optional.of(
            new Made(
                CardKey.publicKey(key.get()),
                policy(slot, "pin", byRule(slot)),
                policy(slot, "touch", NEVER)));
  }

  /** Forgets every key. */
  void clear() throws IOException {
    for (int slot = 0x82; slot <= 0x9E; slot++) {
      if (isSlot(slot)) {
        store.deleteFile(name(slot) + ".key");
        store.deleteFile(name(slot) + ".der");
      }
    }
  }

  /** SP 800-73-5 part 1, table 5: 9C wants the PIN each time, 9E never. */
  private static int byRule(int slot) {
    return slot == 0x9C ? ALWAYS : slot == 0x9E ? NEVER : ONCE;
  }

  private int policy(int slot, String what, int ifAbsent) {
    int policy = store.number("key." + name(slot) + "." + what, ifAbsent);
    return policy == DEFAULT ? ifAbsent : policy;
  }

  private void keep(int slot, PrivateKey key, List<Tlv> options, int origin) throws IOException {
    store.putKey(name(slot), key);
    String prefix = "key." + name(slot) + ".";
    store.put(
        Map.of(
            prefix + "pin",
            String.valueOf(one(options, 0xAA, DEFAULT)),
            prefix + "touch",
            String.valueOf(one(options, 0xAB, DEFAULT)),
            prefix + "origin",
            String.valueOf(origin)));
  }

  private static String name(int slot) {
    return HexFormat.of().toHexDigits((byte) slot);
  }

  private static int one(List<Tlv> objects, int tag, int ifAbsent) {
    return Tlv.find(objects, tag)
        .filter(value -> value.length == 1)
        .map(value -> value[0] & 0xFF)
        .orElse(ifAbsent);
  }

  private static BigInteger number(List<Tlv> objects, int tag) throws GeneralSecurityException {
    return new BigInteger(
        1,
        Tlv.find(objects, tag).orElseThrow(() -> new GeneralSecurityException("no part " + tag)));
  }

  private static PrivateKey rsa(BigInteger p, BigInteger q) throws GeneralSecurityException {
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    try {
      BigInteger d = EXPONENT.modInverse(p1.multiply(q1));
      return KeyFactory.getInstance("RSA")
          .generatePrivate(
              new RSAPrivateCrtKeySpec(
                  p.multiply(q), EXPONENT, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p)));
    } catch (ArithmeticException e) {
      throw new GeneralSecurityException("not two primes", e);
    }
  }

  private static PrivateKey ec(String curve, BigInteger scalar) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    return KeyFactory.getInstance("EC")
        .generatePrivate(
            new ECPrivateKeySpec(scalar, parameters.getParameterSpec(ECParameterSpec.class)));
  }
}
