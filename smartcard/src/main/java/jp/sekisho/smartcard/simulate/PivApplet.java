package jp.sekisho.smartcard.simulate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Tlv;

/**
 * The card: PIV (NIST SP 800-73-4) with the authentication key 9A, RSA-2048, as far as clients of
 * such a card go. Survives whatever else they try. One thread at a time.
 */
public final class PivApplet {
  private static final byte[] AID = HexFormat.of().parseHex("A000000308000010000100");
  private static final int SHORTEST_AID = 5;
  private static final int LONGEST_COMMAND = 4096;
  private static final int APPLICATION_PIN = 0x80;
  private static final int APPLICATION_PUK = 0x81;
  private static final int KEY_9A = 0x9A;
  private static final int RSA_2048 = 0x07;
  private static final int CHAINING = 0x10;

  private static final int WRONG_LENGTH = 0x6700;
  private static final int NOT_VERIFIED = 0x6982;
  private static final int BLOCKED = 0x6983;
  private static final int CONDITIONS = 0x6985;
  private static final int WRONG_DATA = 0x6A80;
  private static final int NOT_FOUND = 0x6A82;
  private static final int WRONG_P1_P2 = 0x6A86;
  private static final int UNKNOWN_REFERENCE = 0x6A88;
  private static final int UNKNOWN_INSTRUCTION = 0x6D00;
  private static final int UNKNOWN_CLASS = 0x6E00;
  private static final int MEMORY_FAILURE = 0x6581;

  private final CardStore store;
  private final NewCard.Kind kind;
  private final ByteArrayOutputStream chained = new ByteArrayOutputStream();
  private byte[] remaining = new byte[0];
  private boolean selected;
  private boolean verified;

  private PivApplet(CardStore store) throws IOException {
    this.store = store;
    this.kind = store.kind();
  }

  /** The card in the directory, made as described when there is none yet. */
  public static PivApplet open(Path directory, NewCard ifFresh) throws IOException {
    return new PivApplet(CardStore.open(directory, ifFresh));
  }

  /** Power on or warm reset: nothing selected, nothing verified. */
  public void reset() {
    selected = false;
    verified = false;
    remaining = new byte[0];
    chained.reset();
  }

  /** Processes one command as it came from the reader. */
  public Response process(byte[] bytes) {
    Apdu command;
    try {
      command = Apdu.parse(bytes);
    } catch (IllegalArgumentException e) {
      return Response.of(WRONG_LENGTH);
    }
    try {
      return answer(command);
    } catch (IOException e) {
      return Response.of(MEMORY_FAILURE);
    } catch (CardException e) {
      return Response.of(WRONG_DATA);
    } finally {
      if (command.isSecret()) {
        command.wipe();
      }
    }
  }

  private Response answer(Apdu command) throws IOException, CardException {
    if ((command.cla() & ~CHAINING) != 0) {
      return Response.of(UNKNOWN_CLASS);
    }
    if (command.ins() == Apdu.GET_RESPONSE) {
      return remaining.length == 0 ? Response.of(CONDITIONS) : part(command.le());
    }
    remaining = new byte[0];
    chained.writeBytes(command.data());
    if (chained.size() > LONGEST_COMMAND) {
      chained.reset();
      return Response.of(WRONG_LENGTH);
    }
    if ((command.cla() & CHAINING) != 0) {
      return Response.of(Response.OK);
    }
    byte[] data = chained.toByteArray();
    chained.reset();
    Response response =
        execute(new Apdu(0, command.ins(), command.p1(), command.p2(), data, command.le()));
    if (!response.ok() || response.data().length == 0) {
      return response;
    }
    remaining = response.data();
    return part(command.le());
  }

  /** As much of the answer as asked for. Clients forget Le; over T=1 cards answer all the same. */
  private Response part(int le) {
    int length = Math.min(le == 0 ? 256 : le, remaining.length);
    byte[] now = Arrays.copyOf(remaining, length);
    remaining = Arrays.copyOfRange(remaining, length, remaining.length);
    return new Response(
        now,
        remaining.length == 0 ? Response.OK : 0x6100 | (Math.min(remaining.length, 256) & 0xFF));
  }

  private Response execute(Apdu command) throws IOException, CardException {
    if (command.ins() == Apdu.SELECT) {
      return select(command);
    }
    if (!selected) {
      return Response.of(UNKNOWN_INSTRUCTION);
    }
    return switch (command.ins()) {
      case Apdu.GET_DATA -> getData(command);
      case Apdu.VERIFY -> verify(command);
      case Apdu.CHANGE_REFERENCE_DATA -> change(command);
      case Apdu.RESET_RETRY_COUNTER -> unblock(command);
      case Apdu.GENERAL_AUTHENTICATE -> authenticate(command);
      default -> Response.of(UNKNOWN_INSTRUCTION);
    };
  }

  private Response select(Apdu command) {
    byte[] aid = command.data();
    boolean piv =
        kind != NewCard.Kind.OTHER
            && command.p1() == 4
            && aid.length >= SHORTEST_AID
            && aid.length <= AID.length
            && Arrays.equals(aid, Arrays.copyOf(AID, aid.length));
    if (!piv) {
      return Response.of(NOT_FOUND);
    }
    selected = true;
    verified = false;
    Tlv template =
        Tlv.of(
            0x61,
            new Tlv(0x4F, Arrays.copyOfRange(AID, 5, AID.length)),
            Tlv.of(0x79, new Tlv(0x4F, Arrays.copyOf(AID, 5))),
            new Tlv(0x50, "Sekisho TEST card".getBytes(StandardCharsets.US_ASCII)));
    return new Response(template.encode(), Response.OK);
  }

  private Response getData(Apdu command) throws CardException {
    if (command.p1() != 0x3F || command.p2() != 0xFF) {
      return Response.of(WRONG_P1_P2);
    }
    List<Tlv> request = Tlv.parse(command.data());
    if (request.size() != 1 || request.get(0).tag() != 0x5C) {
      return Response.of(WRONG_DATA);
    }
    String tag = HexFormat.of().withUpperCase().formatHex(request.get(0).value());
    int wrapper = tag.equals("7E") ? 0x7E : 0x53;
    return store
        .object(tag)
        .map(content -> new Response(new Tlv(wrapper, content).encode(), Response.OK))
        .orElse(Response.of(NOT_FOUND));
  }

  private Response verify(Apdu command) throws IOException {
    if (command.p2() != APPLICATION_PIN) {
      return Response.of(UNKNOWN_REFERENCE);
    }
    if (command.p1() == 0xFF && command.data().length == 0) {
      verified = false;
      return Response.of(Response.OK);
    }
    if (command.p1() != 0) {
      return Response.of(WRONG_P1_P2);
    }
    if (command.data().length == 0) {
      return verified ? Response.of(Response.OK) : triesLeft(CardStore.PIN_TRIES);
    }
    if (command.data().length != 8) {
      return Response.of(WRONG_DATA);
    }
    verified = false;
    Optional<Response> refused = compare(CardStore.PIN, command.data());
    verified = refused.isEmpty();
    return refused.orElse(Response.of(Response.OK));
  }

  private Response change(Apdu command) throws IOException {
    boolean pin = command.p2() == APPLICATION_PIN;
    if (command.p1() != 0 || !(pin || command.p2() == APPLICATION_PUK)) {
      return Response.of(UNKNOWN_REFERENCE);
    }
    return replace(
        command, pin ? CardStore.PIN : CardStore.PUK, pin ? CardStore.PIN : CardStore.PUK);
  }

  private Response unblock(Apdu command) throws IOException {
    if (command.p1() != 0 || command.p2() != APPLICATION_PIN) {
      return Response.of(UNKNOWN_REFERENCE);
    }
    return replace(command, CardStore.PUK, CardStore.PIN);
  }

  /** Old secret and new one, 8 bytes each. */
  private Response replace(Apdu command, String proof, String target) throws IOException {
    byte[] data = command.data();
    if (data.length != 16) {
      return Response.of(WRONG_DATA);
    }
    Optional<String> fresh = secret(Arrays.copyOfRange(data, 8, 16));
    if (fresh.isEmpty()) {
      return Response.of(WRONG_DATA);
    }
    verified = false;
    Optional<Response> refused = compare(proof, Arrays.copyOf(data, 8));
    if (refused.isPresent()) {
      return refused.get();
    }
    store.put(Map.of(target, fresh.get(), target + ".tries", String.valueOf(CardStore.TRIES)));
    return Response.of(Response.OK);
  }

  /** Counts the try on disk before it compares, as cards do: pulling the plug gives none back. */
  private Optional<Response> compare(String name, byte[] block) throws IOException {
    String counter = name + ".tries";
    int tries = store.number(counter);
    if (tries == 0) {
      return Optional.of(Response.of(BLOCKED));
    }
    store.put(counter, String.valueOf(tries - 1));
    byte[] expected = padded(store.value(name));
    if (!MessageDigest.isEqual(expected, block)) {
      return Optional.of(triesLeft(counter));
    }
    store.put(counter, String.valueOf(CardStore.TRIES));
    return Optional.empty();
  }

  private Response triesLeft(String counter) throws IOException {
    int tries = store.number(counter);
    return Response.of(tries == 0 ? BLOCKED : 0x63C0 | tries);
  }

  private static byte[] padded(String secret) {
    byte[] block = new byte[8];
    Arrays.fill(block, (byte) 0xFF);
    byte[] bytes = secret.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, 0, bytes.length);
    return block;
  }

  /** 6 to 8 digits, the rest FF. */
  private static Optional<String> secret(byte[] block) {
    String text = new String(block, StandardCharsets.ISO_8859_1).replace("\u00FF", "");
    return text.matches("[0-9]{6,8}") && Arrays.equals(padded(text), block)
        ? Optional.of(text)
        : Optional.empty();
  }

  private Response authenticate(Apdu command) throws IOException, CardException {
    if (command.p1() != RSA_2048 || command.p2() != KEY_9A || store.key9a().isEmpty()) {
      return Response.of(WRONG_P1_P2);
    }
    if (!verified) {
      return Response.of(NOT_VERIFIED);
    }
    byte[] block = Tlv.require(Tlv.require(command.data(), 0x7C), 0x81);
    if (block.length != 256) {
      return Response.of(WRONG_DATA);
    }
    try {
      Cipher rsa = Cipher.getInstance("RSA/ECB/NoPadding");
      rsa.init(Cipher.DECRYPT_MODE, store.key9a().orElseThrow());
      return new Response(Tlv.of(0x7C, new Tlv(0x82, rsa.doFinal(block))).encode(), Response.OK);
    } catch (GeneralSecurityException e) {
      return Response.of(WRONG_DATA);
    }
  }
}
