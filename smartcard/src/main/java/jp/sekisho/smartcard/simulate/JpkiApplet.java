package jp.sekisho.smartcard.simulate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.Response;

/**
 * A card with the JPKI application as far as it is publicly known (OpenSC's card-jpki.c, jpki/myna,
 * soltia48/myna-card), and the two card-face applications, which can be selected and know nothing.
 * An EC key signs a bare hash under P1 00; that is a guess, the next card's commands are not
 * published. One thread at a time.
 */
final class JpkiApplet implements Applet {
  private static final byte[] AID = HexFormat.of().parseHex("D392F000260100000001");
  private static final Set<String> CARD_FACES =
      Set.of("D3921000310001010402", "D3921000310001010408");
  private static final byte[] SHA256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private static final int READ_BINARY = 0xB0;
  private static final int PERFORM_SECURITY_OPERATION = 0x2A;
  private static final int NONE = 0;
  private static final int SIGN_CERTIFICATE = 0x01;
  private static final int SIGN_CA = 0x02;
  private static final int TOKEN_INFO = 0x06;
  private static final int CERTIFICATES_THERE = 0x08;
  private static final int AUTH_CERTIFICATE = 0x0A;
  private static final int AUTH_CA = 0x0B;
  private static final int AUTH_KEY = 0x17;
  private static final int AUTH_PIN = 0x18;
  private static final int SIGN_KEY = 0x1A;
  private static final int SIGN_PIN = 0x1B;
  private static final Set<Integer> FILES =
      Set.of(
          SIGN_CERTIFICATE,
          SIGN_CA,
          TOKEN_INFO,
          CERTIFICATES_THERE,
          AUTH_CERTIFICATE,
          AUTH_CA,
          AUTH_KEY,
          AUTH_PIN,
          SIGN_KEY,
          SIGN_PIN);

  /** Files are larger than what is in them. */
  private static final int BLOCK = 256;

  private final CardStore store;
  private final NewCard.Kind kind;
  private boolean selected;
  private int file = NONE;
  private boolean authVerified;
  private boolean signVerified;

  JpkiApplet(CardStore store) throws IOException {
    this.store = store;
    this.kind = store.kind();
  }

  @Override
  public byte[] atr() {
    return store.atr();
  }

  @Override
  public void reset() {
    selected = false;
    file = NONE;
    authVerified = false;
    signVerified = false;
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
    } catch (GeneralSecurityException e) {
      return Response.of(StatusWords.WRONG_DATA);
    } finally {
      if (command.isSecret()) {
        command.wipe();
      }
    }
  }

  private Response answer(Apdu command) throws IOException, GeneralSecurityException {
    if (command.cla() != 0 && command.cla() != 0x80) {
      return Response.of(StatusWords.UNKNOWN_CLASS);
    }
    if (command.cla() == 0 && command.ins() == Apdu.SELECT) {
      return select(command);
    }
    if (!selected) {
      return Response.of(StatusWords.UNKNOWN_INSTRUCTION);
    }
    if (command.cla() == 0x80) {
      return command.ins() == PERFORM_SECURITY_OPERATION
          ? sign(command)
          : Response.of(StatusWords.UNKNOWN_CLASS);
    }
    return switch (command.ins()) {
      case READ_BINARY -> read(command);
      case Apdu.VERIFY -> verify(command);
      case Apdu.CHANGE_REFERENCE_DATA -> change(command);
      default -> Response.of(StatusWords.UNKNOWN_INSTRUCTION);
    };
  }

  private Response select(Apdu command) {
    byte[] name = command.data();
    if (command.p1() == 4) {
      boolean ours = Arrays.equals(name, AID);
      boolean face = CARD_FACES.contains(HexFormat.of().withUpperCase().formatHex(name));
      if (!ours && !face) {
        return Response.of(StatusWords.NOT_FOUND);
      }
      reset();
      selected = ours;
      return Response.of(Response.OK);
    }
    if (command.p1() == 0 && name.length == 0) {
      // "The master file": answers OK and does nothing.
      return Response.of(Response.OK);
    }
    if (command.p1() != 2 || name.length != 2 || !selected) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    int wanted = (name[0] & 0xFF) << 8 | (name[1] & 0xFF);
    if (!FILES.contains(wanted)) {
      return Response.of(StatusWords.NOT_FOUND);
    }
    file = wanted;
    return Response.of(Response.OK);
  }

  private Response read(Apdu command) throws IOException {
    if (file == NONE) {
      return Response.of(StatusWords.NO_CURRENT_FILE);
    }
    if ((command.p1() & 0x80) != 0) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    boolean readable =
        switch (file) {
          case SIGN_CERTIFICATE -> signVerified;
          case AUTH_CERTIFICATE -> kind != NewCard.Kind.JPKI_ANDROID || authVerified;
          default -> true;
        };
    if (!readable) {
      return Response.of(StatusWords.NOT_VERIFIED);
    }
    Optional<byte[]> content = content();
    if (content.isEmpty()) {
      return Response.of(StatusWords.WRONG_FILE_TYPE);
    }
    byte[] bytes = content.get();
    int offset = command.p1() << 8 | command.p2();
    if (offset >= bytes.length) {
      return Response.of(StatusWords.WRONG_OFFSET);
    }
    int length = Math.min(command.le() == 0 ? 256 : command.le(), bytes.length - offset);
    return new Response(Arrays.copyOfRange(bytes, offset, offset + length), Response.OK);
  }

  private Optional<byte[]> content() throws IOException {
    return switch (file) {
      case SIGN_CERTIFICATE -> Optional.of(filled(store.file("sign.der")));
      case SIGN_CA -> Optional.of(filled(store.file("sign-ca.der")));
      case AUTH_CERTIFICATE -> Optional.of(filled(store.file("auth.der")));
      case AUTH_CA -> Optional.of(filled(store.file("auth-ca.der")));
      case TOKEN_INFO -> Optional.of(JpkiMemory.tokenInfo(kind));
      case CERTIFICATES_THERE -> Optional.of(HexFormat.of().parseHex("8F8F00"));
      default -> Optional.empty();
    };
  }

  private static byte[] filled(byte[] content) {
    byte[] whole = Arrays.copyOf(content, (content.length / BLOCK + 1) * BLOCK);
    Arrays.fill(whole, content.length, whole.length, (byte) 0xFF);
    return whole;
  }

  /** A file the command names itself (80 + short identifier), or the selected one (80). */
  private int file(int p2) {
    return p2 == 0x80 ? file : p2 & 0x1F;
  }

  private Response verify(Apdu command) throws IOException {
    if (command.p1() != 0 || (command.p2() & 0x80) == 0) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    Optional<String> purpose = pinOf(file(command.p2()));
    if (purpose.isEmpty()) {
      return Response.of(StatusWords.WRONG_FILE_TYPE);
    }
    String counter = purpose.get() + ".tries";
    int left = store.number(counter);
    if (command.data().length == 0) {
      // Says the tries even when verified.
      return Response.of(0x63C0 | left);
    }
    if (left == 0) {
      return Response.of(StatusWords.REFERENCE_UNUSABLE);
    }
    setVerified(purpose.get(), false);
    // On disk before the comparison, as cards do: pulling the plug gives none back.
    store.put(counter, String.valueOf(left - 1));
    if (!MessageDigest.isEqual(store.secret(purpose.get() + ".pin"), command.data())) {
      return Response.of(0x63C0 | (left - 1));
    }
    store.put(counter, store.value(counter + ".max"));
    setVerified(purpose.get(), true);
    return Response.of(Response.OK);
  }

  /** A new PIN after the old one was verified. */
  private Response change(Apdu command) throws IOException {
    Optional<String> purpose = pinOf(file(command.p2()));
    if (command.p1() != 1 || purpose.isEmpty()) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    boolean auth = purpose.get().equals(JpkiMemory.AUTH);
    if (!(auth ? authVerified : signVerified)) {
      return Response.of(StatusWords.NOT_VERIFIED);
    }
    String fresh = new String(command.data(), StandardCharsets.ISO_8859_1);
    if (!fresh.matches(auth ? "[0-9]{4}" : "[0-9A-Z]{6,16}")) {
      return Response.of(StatusWords.WRONG_DATA);
    }
    store.put(
        Map.of(
            purpose.get() + ".pin",
            fresh,
            purpose.get() + ".tries",
            store.value(purpose.get() + ".tries.max")));
    return Response.of(Response.OK);
  }

  private Response sign(Apdu command) throws IOException, GeneralSecurityException {
    if ((command.p2() & 0x80) == 0) {
      return Response.of(StatusWords.WRONG_P1_P2);
    }
    int wanted = file(command.p2());
    boolean auth = wanted == AUTH_KEY;
    if (!auth && wanted != SIGN_KEY) {
      return Response.of(StatusWords.WRONG_FILE_TYPE);
    }
    if (!(auth ? authVerified : signVerified)) {
      return Response.of(StatusWords.NOT_VERIFIED);
    }
    PrivateKey key =
        store
            .key(auth ? JpkiMemory.AUTH : JpkiMemory.SIGN)
            .orElseThrow(() -> new IOException("no key"));
    byte[] data = command.data();
    if (!CardKey.of(key).isRsa()) {
      return command.p1() == 0 && data.length > 0
          ? new Response(CardKey.operate(key, data), Response.OK)
          : Response.of(StatusWords.WRONG_P1_P2);
    }
    return switch (command.p1()) {
      case 0 ->
          data.length == 0 || data.length > CardKey.of(key).bytes() - 11
              ? Response.of(StatusWords.WRONG_LENGTH)
              : pkcs1(key, data);
      case 2 ->
          data.length == 32
              ? pkcs1(key, join(SHA256_INFO, data))
              : Response.of(StatusWords.WRONG_LENGTH);
      case 3 -> pkcs1(key, join(SHA256_INFO, MessageDigest.getInstance("SHA-256").digest(data)));
      default -> Response.of(StatusWords.WRONG_P1_P2);
    };
  }

  private static Response pkcs1(PrivateKey key, byte[] content) throws GeneralSecurityException {
    Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    // "Encrypting" with the private key pads with block type 1.
    rsa.init(Cipher.ENCRYPT_MODE, key);
    return new Response(rsa.doFinal(content), Response.OK);
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private static Optional<String> pinOf(int pinFile) {
    return switch (pinFile) {
      case AUTH_PIN -> Optional.of(JpkiMemory.AUTH);
      case SIGN_PIN -> Optional.of(JpkiMemory.SIGN);
      default -> Optional.empty();
    };
  }

  private void setVerified(String purpose, boolean verified) {
    if (purpose.equals(JpkiMemory.AUTH)) {
      authVerified = verified;
    } else {
      signVerified = verified;
    }
  }
}
