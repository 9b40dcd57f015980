package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.TestCa;
import jp.sekisho.smartcard.testing.ScriptedChannel;

/** A card desk for tests: a CA, new virtual cards in memory's reach, and what was given away. */
final class Desk implements HalfReceiver {
  final Path directory;
  final TestCa ca;

  /** Halves as their roles hold them, by card identity: the last ones given count. */
  final Map<String, List<String>> given = new HashMap<>();

  Desk(Path directory) throws IOException {
    this.directory = directory;
    this.ca = TestCa.open(directory.resolve("ca"));
  }

  @Override
  public void give(String number, String card, PukHalf first, PukHalf second) {
    given.put(card, List.of(new String(first.written()), new String(second.written())));
  }

  /** A new card without key and certificate. */
  Applet card(String name) throws IOException {
    return Applet.open(
        directory.resolve(name),
        new NewCard(
            NewCard.Kind.UNINITIALISED,
            "0",
            Optional.of(directory.resolve("ca")),
            Optional.empty()));
  }

  static ScriptedChannel insert(Applet card) {
    card.reset();
    return new ScriptedChannel(card);
  }

  CardIssuer issuer(ScriptedChannel channel, Optional<Attestation> attestation) {
    return new CardIssuer(channel, ca, attestation, this);
  }

  static Holder holder(String number) {
    Instant now = Instant.now();
    return new Holder(
        number,
        Optional.of("u" + number + "@town.example"),
        Optional.of("u" + number + "@TOWN.EXAMPLE"),
        Optional.of("S-1-5-21-1-2-3-1104"),
        now.minus(Duration.ofMinutes(1)),
        now.plus(Duration.ofDays(365)));
  }

  static CardIssuer.Order order(String number) {
    return new CardIssuer.Order(holder(number), SigningAlgorithm.P_256, Optional.empty());
  }

  /** What a role types from its paper. */
  PukHalf half(String card, int role) {
    List<String> halves = new ArrayList<>(given.getOrDefault(card, List.of()));
    return PukHalf.parse(halves.get(role - 1).toCharArray()).orElseThrow();
  }
}
