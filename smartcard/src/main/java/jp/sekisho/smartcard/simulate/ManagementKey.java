package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Tlv;

/**
 * The card management key 9B: who knows it may write. Both protocols of SP 800-73-5 part 2, section
 * 3.2.4: the card's challenge alone, and mutual with a witness.
 */
final class ManagementKey {
  static final int REFERENCE = 0x9B;
  static final String KEY = "management.key";
  static final String ALGORITHM = "management.algorithm";

  /** What cards come with from Yubico and others: three-key triple DES. */
  static final String DEFAULT = "010203040506070801020304050607080102030405060708";

  private static final int TDES = 0x03;
  private static final int WITNESS = 0x80;
  private static final int CHALLENGE = 0x81;
  private static final int RESPONSE = 0x82;
  private static final int ANY_TOUCH_POLICY = 0xFE;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final CardStore store;
  private byte[] witness = new byte[0];
  private byte[] challenge = new byte[0];
  private boolean authenticated;

  ManagementKey(CardStore store) {
    this.store = store;
  }

  void forget() {
    witness = new byte[0];
    challenge = new byte[0];
    authenticated = false;
  }

  boolean isAuthenticated() {
    return authenticated;
  }

  int algorithm() {
    return store.number(ALGORITHM, TDES);
  }

  boolean isDefault() {
    return algorithm() == TDES && store.value(KEY, DEFAULT).equals(DEFAULT);
  }

  /** One step of GENERAL AUTHENTICATE; the template is what 7C holds. */
  Response authenticate(int algorithm, List<Tlv> template) throws GeneralSecurityException {
    // 00 means triple DES too.
    if ((algorithm == 0 ? TDES : algorithm) != algorithm()) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    Optional<byte[]> givenWitness = Tlv.find(template, WITNESS);
    Optional<byte[]> givenChallenge = Tlv.find(template, CHALLENGE);
    Optional<byte[]> givenResponse = Tlv.find(template, RESPONSE);
    byte[] hadWitness = witness;
    byte[] hadChallenge = challenge;
    forget();
    if (givenWitness.isPresent() && givenWitness.get().length == 0) {
      witness = random();
      return answer(WITNESS, encrypt(witness));
    }
    if (givenWitness.isPresent()) {
      if (givenChallenge.isEmpty() || givenChallenge.get().length != block()) {
        return Response.of(StatusWords.WRONG_DATA);
      }
      authenticated = isProof(hadWitness, givenWitness.get());
      return authenticated
          ? answer(RESPONSE, encrypt(givenChallenge.get()))
          : Response.of(StatusWords.NOT_VERIFIED);
    }
    if (givenChallenge.isPresent() && givenChallenge.get().length == 0) {
      challenge = random();
      return answer(CHALLENGE, challenge);
    }
    if (givenResponse.isPresent()) {
      authenticated =
          hadChallenge.length > 0 && isProof(encrypt(hadChallenge), givenResponse.get());
      return Response.of(authenticated ? Response.OK : StatusWords.NOT_VERIFIED);
    }
    return Response.of(StatusWords.WRONG_DATA);
  }

  /** Yubico's SET MANAGEMENT KEY: algorithm, 9B, length, key. */
  Response replace(Apdu command) throws IOException {
    byte[] data = command.data();
    if (command.p1() != 0xFF || command.p2() < ANY_TOUCH_POLICY) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    if (data.length < 3 || (data[1] & 0xFF) != REFERENCE || data[2] != data.length - 3) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    if (keyLength(data[0]) != data.length - 3) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    store.put(
        Map.of(
            ALGORITHM,
            String.valueOf(data[0]),
            KEY,
            HexFormat.of().formatHex(data, 3, data.length)));
    return Response.of(Response.OK);
  }

  /** In bytes; 0 = not an algorithm of management keys (SP 800-78-5, table 8). */
  private static int keyLength(int algorithm) {
    return switch (algorithm) {
      case TDES, 0x0A -> 24;
      case 0x08 -> 16;
      case 0x0C -> 32;
      default -> 0;
    };
  }

  private static boolean isProof(byte[] expected, byte[] given) {
    return expected.length > 0 && MessageDigest.isEqual(expected, given);
  }

  private int block() {
    return algorithm() == TDES ? 8 : 16;
  }

  private byte[] random() {
    byte[] bytes = new byte[block()];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private byte[] encrypt(byte[] block) throws GeneralSecurityException {
    byte[] key = HexFormat.of().parseHex(store.value(KEY, DEFAULT));
    String name = algorithm() == TDES ? "DESede" : "AES";
    Cipher cipher = Cipher.getInstance(name + "/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, name));
    Arrays.fill(key, (byte) 0);
    return cipher.doFinal(block);
  }

  private static Response answer(int tag, byte[] value) {
    return new Response(Tlv.of(0x7C, new Tlv(tag, value)).encode(), Response.OK);
  }
}
