package jp.sekisho.smartcard.simulate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.Tlv;

/**
 * A PIV card (NIST SP 800-73-5) with the additions of a YubiKey 5.4 that its tools use: version,
 * serial number, metadata, import, management key, tries, reset. Short commands with chaining, long
 * answers by GET RESPONSE. Survives whatever else clients try. One thread at a time.
 */
public final class PivApplet implements Applet {
  private static final byte[] AID = HexFormat.of().parseHex("A000000308000010000100");
  private static final int SHORTEST_AID = 5;
  private static final int LONGEST_COMMAND = 4096;
  private static final int CHAINING = 0x10;

  private static final int GENERATE = 0x47;
  private static final int GET_METADATA = 0xF7;
  private static final int ATTEST = 0xF9;
  private static final int GET_SERIAL = 0xF8;
  private static final int SET_TRIES = 0xFA;
  private static final int RESET = 0xFB;
  private static final int GET_VERSION = 0xFD;

  /** The last version whose management key is triple DES as it comes. */
  private static final byte[] VERSION = {5, 4, 3};

  /** Fingerprints, face, printed information, iris: only with the PIN (SP 800-73-5, table 3). */
  private static final Set<String> PIN_TO_READ = Set.of("5FC103", "5FC108", "5FC109", "5FC121");

  private final CardStore store;
  private final NewCard.Kind kind;
  private final PivPins pins;
  private final PivKeys keys;
  private final ManagementKey management;
  private final PivAttestation attestation;
  private final ByteArrayOutputStream chained = new ByteArrayOutputStream();
  private int chainedHeader;
  private byte[] remaining = new byte[0];
  private boolean selected;

  PivApplet(CardStore store) throws IOException {
    this.store = store;
    this.kind = store.kind();
    this.pins = new PivPins(store);
    this.keys = new PivKeys(store, pins);
    this.management = new ManagementKey(store);
    this.attestation = new PivAttestation(store, keys);
    if (store.value(PivMemory.SERIAL, "").isEmpty()) {
      // A directory made before cards had serial numbers.
      store.put(PivMemory.SERIAL, PivMemory.newSerial());
    }
  }

  /** The PIV card in the directory, made as described when there is none yet. */
  public static PivApplet open(Path directory, NewCard ifFresh) throws IOException {
    if (Applet.open(directory, ifFresh) instanceof PivApplet piv) {
      return piv;
    }
    throw new IOException(directory + " holds no PIV card");
  }

  @Override
  public byte[] atr() {
    return store.atr();
  }

  @Override
  public void reset() {
    selected = false;
    pins.forget();
    management.forget();
    remaining = new byte[0];
    chained.reset();
  }

  @Override
  public Response process(byte[] bytes) {
    Apdu command;
    try {
      command = Apdu.parse(bytes);
    } catch (IllegalArgumentException e) {
      return Response.of(StatusWords.WRONG_LENGTH);
    }
    try {
      return answer(command);
    } catch (IOException e) {
      return Response.of(StatusWords.MEMORY_FAILURE);
    } catch (CardException | GeneralSecurityException e) {
      return Response.of(StatusWords.WRONG_DATA);
    } finally {
      if (command.isSecret()) {
        command.wipe();
      }
    }
  }

  private Response answer(Apdu command)
      throws IOException, CardException, GeneralSecurityException {
    if ((command.cla() & ~CHAINING) != 0) {
      return Response.of(StatusWords.UNKNOWN_CLASS);
    }
    if (command.ins() == Apdu.GET_RESPONSE) {
      return remaining.length == 0 ? Response.of(StatusWords.CONDITIONS) : part(command.le());
    }
    remaining = new byte[0];
    int header = command.ins() << 16 | command.p1() << 8 | command.p2();
    if (chainedHeader != header) {
      chained.reset();
    }
    chainedHeader = header;
    chained.writeBytes(command.data());
    if (chained.size() > LONGEST_COMMAND) {
      chained.reset();
      return Response.of(StatusWords.WRONG_LENGTH);
    }
    if ((command.cla() & CHAINING) != 0) {
      return Response.of(Response.OK);
    }
    byte[] data = chained.toByteArray();
    chained.reset();
    Response response =
        execute(new Apdu(0, command.ins(), command.p1(), command.p2(), data, command.le()));
    if (command.ins() != Apdu.VERIFY) {
      pins.anotherCommand();
    }
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

  private Response execute(Apdu command)
      throws IOException, CardException, GeneralSecurityException {
    if (command.ins() == Apdu.SELECT) {
      return select(command);
    }
    if (!selected) {
      return Response.of(StatusWords.UNKNOWN_INSTRUCTION);
    }
    return switch (command.ins()) {
      case Apdu.GET_DATA -> getData(command);
      case Apdu.VERIFY -> pins.verify(command);
      case Apdu.CHANGE_REFERENCE_DATA -> pins.change(command);
      case Apdu.RESET_RETRY_COUNTER -> pins.unblock(command);
      case Apdu.GENERAL_AUTHENTICATE -> authenticate(command);
      case GET_VERSION -> new Response(VERSION.clone(), Response.OK);
      case GET_SERIAL ->
          new Response(
              ByteBuffer.allocate(4).putInt(store.number(PivMemory.SERIAL)).array(), Response.OK);
      case GET_METADATA -> metadata(command);
      case ATTEST -> attestation.attest(command.p1(), command.p2(), VERSION);
      case RESET -> factoryReset();
      case Apdu.PUT_DATA, GENERATE, Apdu.IMPORT_KEY, Apdu.SET_MANAGEMENT_KEY, SET_TRIES ->
          management.isAuthenticated()
              ? administer(command)
              : Response.of(StatusWords.NOT_VERIFIED);
      default -> Response.of(StatusWords.UNKNOWN_INSTRUCTION);
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
      return Response.of(StatusWords.NOT_FOUND);
    }
    selected = true;
    pins.forget();
    management.forget();
    Tlv template =
        Tlv.of(
            0x61,
            new Tlv(0x4F, Arrays.copyOfRange(AID, 5, AID.length)),
            Tlv.of(0x79, new Tlv(0x4F, Arrays.copyOf(AID, 5))),
            new Tlv(0x50, "Sekisho TEST card".getBytes(StandardCharsets.US_ASCII)));
    return new Response(template.encode(), Response.OK);
  }

  private Response getData(Apdu command)
      throws IOException, CardException, GeneralSecurityException {
    if (command.p1() != 0x3F || command.p2() != 0xFF) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    List<Tlv> request = Tlv.parse(command.data());
    if (request.size() != 1 || request.get(0).tag() != 0x5C) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    String tag = hex(request.get(0).value());
    if (PIN_TO_READ.contains(tag) && !pins.isVerified()) {
      return Response.of(StatusWords.NOT_VERIFIED);
    }
    if (tag.equals(PivAttestation.CERTIFICATE)) {
      return new Response(new Tlv(0x53, attestation.container(VERSION)).encode(), Response.OK);
    }
    int wrapper = tag.equals("7E") ? 0x7E : 0x53;
    return store
        .object(tag)
        .map(content -> new Response(new Tlv(wrapper, content).encode(), Response.OK))
        .orElse(Response.of(StatusWords.NOT_FOUND));
  }

  private Response authenticate(Apdu command)
      throws IOException, CardException, GeneralSecurityException {
    List<Tlv> template = Tlv.parse(Tlv.require(command.data(), 0x7C));
    return command.p2() == ManagementKey.REFERENCE
        ? management.authenticate(command.p1(), template)
        : keys.use(command.p1(), command.p2(), template);
  }

  /** What only the holder of the management key may do. */
  private Response administer(Apdu command)
      throws IOException, CardException, GeneralSecurityException {
    return switch (command.ins()) {
      case Apdu.PUT_DATA -> putData(command);
      case GENERATE ->
          command.p1() == 0
              ? keys.generate(command.p2(), command.data())
              : Response.of(StatusWords.WRONG_P1_P2);
      case Apdu.IMPORT_KEY -> keys.put(command.p1(), command.p2(), command.data());
      case Apdu.SET_MANAGEMENT_KEY -> management.replace(command);
      default ->
          pins.isVerified() ? pins.setMostTries(command) : Response.of(StatusWords.NOT_VERIFIED);
    };
  }

  private Response putData(Apdu command) throws IOException, CardException {
    if (command.p1() != 0x3F || command.p2() != 0xFF) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    List<Tlv> request = Tlv.parse(command.data());
    boolean wellFormed =
        request.size() == 2 && request.get(0).tag() == 0x5C && request.get(1).tag() == 0x53;
    if (!wellFormed || request.get(0).value().length != 3) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    PivMemory.put(store, hex(request.get(0).value()), request.get(1).value());
    return Response.of(Response.OK);
  }

  private Response metadata(Apdu command) throws IOException, GeneralSecurityException {
    if (command.p1() != 0) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    return switch (command.p2()) {
      case ManagementKey.REFERENCE ->
          metadata(
              new Tlv(0x01, new byte[] {(byte) management.algorithm()}),
              new Tlv(0x02, new byte[] {0, 1}),
              new Tlv(0x05, new byte[] {flag(management.isDefault())}));
      case PivPins.PIN_REFERENCE -> metadata(PivPins.PIN);
      case PivPins.PUK_REFERENCE -> metadata(PivPins.PUK);
      default -> keys.metadata(command.p2());
    };
  }

  private Response metadata(String name) throws IOException {
    return metadata(
        new Tlv(0x01, new byte[] {(byte) 0xFF}),
        new Tlv(0x05, new byte[] {flag(pins.isDefault(name))}),
        new Tlv(0x06, new byte[] {(byte) pins.mostTries(name), (byte) pins.left(name)}));
  }

  private static Response metadata(Tlv... values) {
    return new Response(Tlv.of(0, values).value(), Response.OK);
  }

  private static byte flag(boolean value) {
    return (byte) (value ? 1 : 0);
  }

  private Response factoryReset() throws IOException {
    if (!pins.areBothBlocked()) {
      return Response.of(StatusWords.CONDITIONS);
    }
    PivMemory.clear(store, keys);
    pins.forget();
    management.forget();
    return Response.of(Response.OK);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }
}
