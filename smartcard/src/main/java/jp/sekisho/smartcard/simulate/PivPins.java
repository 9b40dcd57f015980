package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.Response;

/**
 * PIN and PUK of the PIV application: their tries on disk, and whether the PIN stands verified. The
 * PIN is 6 to 8 digits; the PUK 6 to 8 bytes of any value but FF, as SP 800-73-5 leaves it open.
 */
final class PivPins {
  static final String PIN = "pin";
  static final String PUK = "puk";
  static final String DEFAULT_PIN = "123456";
  static final String DEFAULT_PUK = "12345678";
  static final int TRIES = 3;
  static final int PIN_REFERENCE = 0x80;
  static final int PUK_REFERENCE = 0x81;

  private static final int LENGTH = 8;
  private static final int SHORTEST = 6;
  private static final byte PADDING = (byte) 0xFF;

  private final CardStore store;
  private boolean verified;
  private boolean justVerified;

  PivPins(CardStore store) {
    this.store = store;
  }

  /** What a fresh card, or one set back, starts with. */
  static Map<String, String> fresh(int pinTries, int pukTries) {
    return Map.of(
        PIN,
        DEFAULT_PIN,
        tries(PIN),
        String.valueOf(pinTries),
        most(PIN),
        String.valueOf(pinTries),
        PUK,
        DEFAULT_PUK,
        tries(PUK),
        String.valueOf(pukTries),
        most(PUK),
        String.valueOf(pukTries));
  }

  void forget() {
    verified = false;
    justVerified = false;
  }

  /** Another command than VERIFY was executed: a key that wants the PIN each time wants it anew. */
  void anotherCommand() {
    justVerified = false;
  }

  boolean isVerified() {
    return verified;
  }

  boolean isJustVerified() {
    return justVerified;
  }

  boolean areBothBlocked() throws IOException {
    return left(PIN) == 0 && left(PUK) == 0;
  }

  int left(String name) throws IOException {
    return store.number(tries(name));
  }

  int mostTries(String name) {
    return store.number(most(name), TRIES);
  }

  boolean isDefault(String name) throws IOException {
    return Arrays.equals(padded(name), pad(name.equals(PIN) ? DEFAULT_PIN : DEFAULT_PUK));
  }

  Response verify(Apdu command) throws IOException {
    if (command.p2() != PIN_REFERENCE) {
      return Response.of(StatusWords.UNKNOWN_REFERENCE);
    }
    if (command.p1() == 0xFF && command.data().length == 0) {
      forget();
      return Response.of(Response.OK);
    }
    if (command.p1() != 0) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    if (command.data().length == 0) {
      return verified ? Response.of(Response.OK) : triesLeft(PIN);
    }
    if (command.data().length != LENGTH) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    forget();
    Optional<Response> refused = compare(PIN, command.data());
    verified = refused.isEmpty();
    justVerified = verified;
    return refused.orElse(Response.of(Response.OK));
  }

  Response change(Apdu command) throws IOException {
    boolean pin = command.p2() == PIN_REFERENCE;
    if (command.p1() != 0 || !(pin || command.p2() == PUK_REFERENCE)) {
      return Response.of(StatusWords.UNKNOWN_REFERENCE);
    }
    return replace(command, pin ? PIN : PUK, pin ? PIN : PUK);
  }

  Response unblock(Apdu command) throws IOException {
    if (command.p1() != 0 || command.p2() != PIN_REFERENCE) {
      return Response.of(StatusWords.UNKNOWN_REFERENCE);
    }
    return replace(command, PUK, PIN);
  }

  /** Yubico's SET PIN RETRIES: also sets both secrets back to their defaults. */
  Response setMostTries(Apdu command) throws IOException {
    if (command.p1() == 0 || command.p2() == 0 || command.p1() > 15 || command.p2() > 15) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    store.put(fresh(command.p1(), command.p2()));
    forget();
    return Response.of(Response.OK);
  }

  /** Old secret and new one, 8 bytes each. */
  private Response replace(Apdu command, String proof, String target) throws IOException {
    byte[] data = command.data();
    if (data.length != 2 * LENGTH) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    Optional<byte[]> fresh = unpad(target, Arrays.copyOfRange(data, LENGTH, 2 * LENGTH));
    if (fresh.isEmpty()) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    forget();
    Optional<Response> refused = compare(proof, Arrays.copyOf(data, LENGTH));
    if (refused.isPresent()) {
      return refused.get();
    }
    store.put(
        Map.of(
            target,
            CardStore.secretValue(fresh.get()),
            tries(target),
            String.valueOf(mostTries(target))));
    return Response.of(Response.OK);
  }

  /** Counts the try on disk before it compares, as cards do: pulling the plug gives none back. */
  private Optional<Response> compare(String name, byte[] block) throws IOException {
    int left = left(name);
    if (left == 0) {
      return Optional.of(Response.of(StatusWords.BLOCKED));
    }
    store.put(tries(name), String.valueOf(left - 1));
    if (!MessageDigest.isEqual(padded(name), block)) {
      return Optional.of(triesLeft(name));
    }
    store.put(tries(name), String.valueOf(mostTries(name)));
    return Optional.empty();
  }

  private Response triesLeft(String name) throws IOException {
    int left = left(name);
    return Response.of(left == 0 ? StatusWords.BLOCKED : 0x63C0 | left);
  }

  private byte[] padded(String name) throws IOException {
    return pad(store.secret(name));
  }

  private static byte[] pad(String secret) {
    return pad(secret.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] pad(byte[] secret) {
    byte[] block = Arrays.copyOf(secret, LENGTH);
    Arrays.fill(block, secret.length, LENGTH, PADDING);
    return block;
  }

  private static Optional<byte[]> unpad(String name, byte[] block) {
    int length = LENGTH;
    while (length > 0 && block[length - 1] == PADDING) {
      length--;
    }
    byte[] secret = Arrays.copyOf(block, length);
    boolean fit = length >= SHORTEST;
    for (byte b : secret) {
      fit &= name.equals(PIN) ? b >= '0' && b <= '9' : b != PADDING;
    }
    return fit ? Optional.of(secret) : Optional.empty();
  }

  private static String tries(String name) {
    return name + ".tries";
  }

  private static String most(String name) {
    return name + ".tries.max";
  }
}
