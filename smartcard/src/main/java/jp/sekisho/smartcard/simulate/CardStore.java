package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A card's memory: {@code card.properties} (kind, PIN, PUK, counters, data objects in hex) and
 * {@code 9a.key} in one directory. Every change is on disk before the card answers, so that killing
 * the simulator gives no tries back. One simulator at a time per directory.
 */
final class CardStore {
  static final String KIND = "kind";
  static final String PIN = "pin";
  static final String PIN_TRIES = "pin.tries";
  static final String PUK = "puk";
  static final String PUK_TRIES = "puk.tries";
  static final int TRIES = 3;

  private static final String CERTIFICATE_9A = "object.5FC105";
  private static final Duration CARD_LIFE = Duration.ofDays(365);

  private final Path directory;
  private final Map<String, String> values = new TreeMap<>();

  private CardStore(Path directory) {
    this.directory = directory;
  }

  /** Opens the card in the directory, or makes it. */
  static CardStore open(Path directory, NewCard ifFresh) throws IOException {
    CardStore store = new CardStore(directory);
    Path file = directory.resolve("card.properties");
    if (Files.exists(file)) {
      Properties read = new Properties();
      read.load(new StringReader(Files.readString(file)));
      read.stringPropertyNames().forEach(name -> store.values.put(name, read.getProperty(name)));
    } else {
      Files.createDirectories(directory);
      try {
        store.personalise(ifFresh);
      } catch (GeneralSecurityException e) {
        throw new IOException("cannot personalise", e);
      }
    }
    return store;
  }

  NewCard.Kind kind() throws IOException {
    return NewCard.Kind.valueOf(value(KIND));
  }

  String value(String name) throws IOException {
    String value = values.get(name);
    if (value == null) {
      throw new IOException(directory.resolve("card.properties") + " has no " + name);
    }
    return value;
  }

  int number(String name) throws IOException {
    return Integer.parseInt(value(name));
  }

  void put(String name, String value) throws IOException {
    put(Map.of(name, value));
  }

  void put(Map<String, String> changes) throws IOException {
    values.putAll(changes);
    String text =
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    DurableFile.write(
        directory.resolve("card.properties"), text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The content of a data object, without its 53 or 7E wrapper. */
  Optional<byte[]> object(String tag) {
    return Optional.ofNullable(values.get("object." + tag)).map(HexFormat.of()::parseHex);
  }

  Optional<PrivateKey> key9a() throws IOException {
    Path file = directory.resolve("9a.key");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          KeyFactory.getInstance("RSA")
              .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(file))));
    } catch (GeneralSecurityException e) {
      throw new IOException(file.toString(), e);
    }
  }

  private void personalise(NewCard card) throws IOException, GeneralSecurityException {
    Map<String, String> fresh = new TreeMap<>();
    fresh.put(KIND, card.kind().name());
    fresh.put(PIN, "123456");
    fresh.put(PIN_TRIES, String.valueOf(TRIES));
    fresh.put(PUK, "12345678");
    fresh.put(PUK_TRIES, String.valueOf(TRIES));
    Path ca = card.ca().orElse(directory.resolve("ca"));
    boolean empty = card.kind() == NewCard.Kind.UNINITIALISED || card.kind() == NewCard.Kind.OTHER;
    if (!empty) {
      Instant now = Instant.now();
      boolean expired = card.kind() == NewCard.Kind.EXPIRED;
      KeyPair pair = TestCa.rsa2048();
      DurableFile.write(directory.resolve("9a.key"), pair.getPrivate().getEncoded());
      X509Certificate certificate =
          TestCa.open(card.kind() == NewCard.Kind.FOREIGN_CA ? directory.resolve("foreign-ca") : ca)
              .issue(
                  pair.getPublic(),
                  new TestCa.Subject(
                      card.number(),
                      card.upn(),
                      now.minus(expired ? CARD_LIFE : Duration.ofMinutes(10)),
                      expired ? now.minus(Duration.ofDays(1)) : now.plus(CARD_LIFE)));
      DurableFile.write(directory.resolve("9a.der"), certificate.getEncoded());
      fresh.put(
          CERTIFICATE_9A,
          HexFormat.of().formatHex(PivObjects.certificate(certificate.getEncoded())));
    }
    fresh.put("object.5FC102", HexFormat.of().formatHex(PivObjects.chuid()));
    fresh.put("object.5FC107", HexFormat.of().formatHex(PivObjects.capabilities()));
    fresh.put("object.7E", HexFormat.of().formatHex(PivObjects.discovery()));
    put(fresh);
  }
}
