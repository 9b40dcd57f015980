package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A card's memory: {@code card.properties} and the private keys in one directory, described in
 * docs/virtual-cards.md. Every change is on disk before the card answers, so that killing the
 * simulator gives no tries back. One simulator at a time per directory.
 */
final class CardStore {
  static final String KIND = "kind";
  static final String ATR = "atr";

  static final String FILE = "card.properties";
  private static final String BINARY = "hex:";

  private final Path directory;
  private final Map<String, String> values = new TreeMap<>();

  CardStore(Path directory) {
    this.directory = directory;
  }

  /** Opens the card in the directory, or makes it. */
  static CardStore open(Path directory, NewCard ifFresh) throws IOException {
    if (Files.exists(directory.resolve(FILE))) {
      return open(directory);
    }
    Files.createDirectories(directory);
    CardStore store = new CardStore(directory);
    try {
      if (ifFresh.kind().application() == NewCard.Application.JPKI) {
        JpkiMemory.fill(store, ifFresh);
      } else {
        PivMemory.fill(store, ifFresh);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot personalise", e);
    }
    return store;
  }

  /** Opens the card in the directory. */
  static CardStore open(Path directory) throws IOException {
    CardStore store = new CardStore(directory);
    Properties read = new Properties();
    read.load(new StringReader(Files.readString(directory.resolve(FILE))));
    read.stringPropertyNames().forEach(name -> store.values.put(name, read.getProperty(name)));
    return store;
  }

  Path directory() {
    return directory;
  }

  NewCard.Kind kind() throws IOException {
    try {
      return NewCard.Kind.valueOf(value(KIND));
    } catch (IllegalArgumentException e) {
      throw new IOException(directory.resolve(FILE) + ": unknown kind " + value(KIND), e);
    }
  }

  byte[] atr() {
    return HexFormat.of().parseHex(values.getOrDefault(ATR, NewCard.ATR));
  }

  String value(String name) throws IOException {
    String value = values.get(name);
    if (value == null) {
      throw new IOException(directory.resolve(FILE) + " has no " + name);
    }
    return value;
  }

  String value(String name, String ifAbsent) {
    return values.getOrDefault(name, ifAbsent);
  }

  int number(String name) throws IOException {
    return Integer.parseInt(value(name));
  }

  int number(String name, int ifAbsent) {
    return Integer.parseInt(values.getOrDefault(name, String.valueOf(ifAbsent)));
  }

  void put(String name, String value) throws IOException {
    put(Map.of(name, value));
  }

  void put(Map<String, String> changes) throws IOException {
    values.putAll(changes);
    write();
  }

  void remove(String name) throws IOException {
    removeAll(name::equals);
  }

  void removeAll(Predicate<String> names) throws IOException {
    values.keySet().removeIf(names);
    write();
  }

  private void write() throws IOException {
    String text =
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    DurableFile.write(directory.resolve(FILE), text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A PIN or PUK: its characters, or {@code hex:} and its bytes. */
  byte[] secret(String name) throws IOException {
    String value = value(name);
    return value.startsWith(BINARY)
        ? HexFormat.of().parseHex(value.substring(BINARY.length()))
        : value.getBytes(StandardCharsets.US_ASCII);
  }

  /** The value under which {@link #secret} finds these bytes. */
  static String secretValue(byte[] secret) {
    String text = new String(secret, StandardCharsets.ISO_8859_1);
    return text.matches("[0-9A-Za-z]+") ? text : BINARY + HexFormat.of().formatHex(secret);
  }

  /** The content of a PIV data object, without its 53 or 7E wrapper; the tag in hex. */
  Optional<byte[]> object(String tag) {
    return Optional.ofNullable(values.get("object." + tag)).map(HexFormat.of()::parseHex);
  }

  /** The private key in {@code <name>.key}. */
  Optional<PrivateKey> key(String name) throws IOException {
    Path file = directory.resolve(name + ".key");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] pkcs8 = Files.readAllBytes(file);
    try {
      return Optional.of(CardKey.read(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new IOException(file.toString(), e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  void putKey(String name, PrivateKey key) throws IOException {
    DurableFile.write(directory.resolve(name + ".key"), key.getEncoded());
  }

  void putFile(String name, byte[] content) throws IOException {
    DurableFile.write(directory.resolve(name), content);
  }

  void deleteFile(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  byte[] file(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }
}
