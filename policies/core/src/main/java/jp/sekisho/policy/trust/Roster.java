package jp.sekisho.policy.trust;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/**
 * The body of a roster file: which card keys belong to whom, one line {@code card (base64url
 * SHA-256 of a SubjectPublicKeyInfo) (staff number)} each, ascending. A line counts only together
 * with a certificate of a pinned staff CA that carries that number.
 *
 * @param cards staff numbers by the hash of the card's key
 */
public record Roster(Map<String, String> cards) {
  /** Checks every line, and brings them in order. */
  public Roster {
    Map<String, String> sorted = new LinkedHashMap<>();
    for (Map.Entry<String, String> card : new TreeMap<>(cards).entrySet()) {
      Root.requireHash("card", card.getKey());
      if (!Names.isPerson(card.getValue())) {
        throw new IllegalArgumentException("card's person is none");
      }
      sorted.put(card.getKey(), card.getValue());
    }
    cards = Collections.unmodifiableMap(sorted);
  }

  /** The staff number of the card key with this hash. */
  public Optional<String> personOf(String spkiHash) {
    return Optional.ofNullable(cards.get(spkiHash));
  }

  /** The body's bytes. */
  public byte[] bytes() {
    List<String> lines = new ArrayList<>();
    cards.forEach((spki, person) -> lines.add("card " + spki + " " + person));
    return BodyLines.bytes(lines);
  }

  /** The roster whose body is exactly {@code body}. */
  public static Roster parse(byte[] body) throws MalformedException {
    BodyLines lines = BodyLines.read(body);
    List<List<String>> cards = lines.all("card", 2);
    lines.end();
    Map<String, String> map = new LinkedHashMap<>();
    cards.forEach(card -> map.put(card.get(0), card.get(1)));
    return BodyLines.sameBytes(body, () -> new Roster(map), Roster::bytes);
  }
}
