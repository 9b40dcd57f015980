package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.piv.CardObjects;
import jp.sekisho.smartcard.piv.Tlv;

/** What the PIV application keeps: data objects by their tag in hex, beside PINs and keys. */
final class PivMemory {
  static final String SERIAL = "serial";

  private static final String CERTIFICATE_9A = "5FC105";
  private static final Duration CARD_LIFE = Duration.ofDays(365);

  private PivMemory() {}

  /** Writes a new card. */
  static void fill(CardStore store, NewCard card) throws IOException, GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    Map<String, String> fresh = new TreeMap<>();
    fresh.put(CardStore.KIND, card.kind().name());
    card.atr().ifPresent(atr -> fresh.put(CardStore.ATR, atr));
    fresh.put(SERIAL, newSerial());
    fresh.put(PivAttestation.CA, card.ca().orElse(store.directory().resolve("ca")).toString());
    fresh.putAll(PivPins.fresh(PivPins.TRIES, PivPins.TRIES));
    boolean empty = card.kind() == NewCard.Kind.UNINITIALISED || card.kind() == NewCard.Kind.OTHER;
    if (!empty) {
      byte[] certificate = issue(store, card).getEncoded();
      store.putFile("9a.der", certificate);
      fresh.put(object(CERTIFICATE_9A), hex(CardObjects.certificate(certificate)));
    }
    fresh.put(object("5FC102"), hex(CardObjects.chuid(random)));
    fresh.put(object("5FC107"), hex(CardObjects.capabilities(random)));
    fresh.put(object("7E"), hex(CardObjects.discovery()));
    store.put(fresh);
  }

  private static X509Certificate issue(CardStore store, NewCard card)
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    boolean expired = card.kind() == NewCard.Kind.EXPIRED;
    Path own = store.directory();
    Path ca =
        card.kind() == NewCard.Kind.FOREIGN_CA
            ? own.resolve("foreign-ca")
            : card.ca().orElse(own.resolve("ca"));
    KeyPair pair = card.key().generate();
    store.putKey("9a", pair.getPrivate());
    return TestCa.open(ca)
        .issue(
            pair.getPublic(),
            new TestCa.Subject(
                card.number(),
                card.upn(),
                now.minus(expired ? CARD_LIFE : Duration.ofMinutes(10)),
                expired ? now.minus(Duration.ofDays(1)) : now.plus(CARD_LIFE)));
  }

  /** A serial number as Yubico's GET SERIAL gives it: 1 to 2^31-1. */
  static String newSerial() {
    return String.valueOf(1 + new SecureRandom().nextInt(Integer.MAX_VALUE - 1));
  }

  /** Yubico's RESET: keys, objects and secrets as if new and empty. */
  static void clear(CardStore store, PivKeys keys) throws IOException {
    keys.clear();
    store.removeAll(name -> name.startsWith("object.") || name.startsWith("management."));
    Map<String, String> fresh = new TreeMap<>(PivPins.fresh(PivPins.TRIES, PivPins.TRIES));
    fresh.put(object("7E"), hex(CardObjects.discovery()));
    store.put(fresh);
  }

  /** Stores a data object; an empty one is deleted. Keeps the file {@code 9a.der} in step. */
  static void put(CardStore store, String tag, byte[] content) throws IOException {
    if (content.length == 0) {
      store.remove(object(tag));
    } else {
      store.put(object(tag), hex(content));
    }
    if (tag.equals(CERTIFICATE_9A)) {
      Optional<byte[]> der = plainCertificate(content);
      if (der.isPresent()) {
        store.putFile("9a.der", der.get());
      } else {
        store.deleteFile("9a.der");
      }
    }
  }

  /** The certificate in a container, if there is one and it is not compressed. */
  private static Optional<byte[]> plainCertificate(byte[] content) {
    try {
      List<Tlv> parts = Tlv.parse(content);
      boolean plain =
          Tlv.find(parts, 0x71).map(info -> info.length == 0 || (info[0] & 1) == 0).orElse(true);
      return plain ? Tlv.find(parts, 0x70) : Optional.empty();
    } catch (CardException e) {
      return Optional.empty();
    }
  }

  private static String object(String tag) {
    return "object." + tag;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
