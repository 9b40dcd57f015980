package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.issue.Attestation;
import jp.sekisho.smartcard.issue.CardIssuer;
import jp.sekisho.smartcard.issue.CardList;
import jp.sekisho.smartcard.issue.HalfFiles;
import jp.sekisho.smartcard.issue.HalfReceiver;
import jp.sekisho.smartcard.issue.Holder;
import jp.sekisho.smartcard.issue.IssueJournal;
import jp.sekisho.smartcard.issue.IssueOutcome;
import jp.sekisho.smartcard.issue.IssueProgress;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinChange;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.simulate.TestCa;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes staff cards of new PIV cards: one, or those of a list, card after card.
 *
 * <p>Long because the single card and the list share options, answers and their checks.
 */
@Command(name = "issue", mixinStandardHelpOptions = true)
final class IssueCommand implements Callable<Integer> {
  /** Waiting for another card would be waiting for ever. */
  private static final Set<CardFailure> NO_CARD_HELPS =
      Set.of(
          CardFailure.SERVICE_DOWN,
          CardFailure.REMOTE_SESSION,
          CardFailure.NO_READER,
          CardFailure.READER_NOT_GRANTED);

  /** Key types by the names {@code simulate} has for them. */
  enum KeyType {
    rsa2048(SigningAlgorithm.RSA_2048),
    rsa3072(SigningAlgorithm.RSA_3072),
    p256(SigningAlgorithm.P_256),
    p384(SigningAlgorithm.P_384);

    private final SigningAlgorithm algorithm;

    KeyType(SigningAlgorithm algorithm) {
      this.algorithm = algorithm;
    }
  }

  /** One holder or a list of them. */
  static final class Whom {
    @Option(names = "--number", paramLabel = "N", required = true)
    private @Nullable String number;

    @Option(names = "--csv", paramLabel = "FILE", required = true)
    private @Nullable Path list;
  }

  @SuppressWarnings("NullAway.Init") // required
  @ArgGroup(multiplicity = "1")
  private Whom whom;

  @SuppressWarnings("NullAway.Init") // required
  @Option(names = "--ca", paramLabel = "DIR", required = true, descriptionKey = "issue.ca")
  private Path ca;

  /** Two places, or this screen. */
  static final class Halves {
    @ArgGroup(exclusive = false)
    private @Nullable Places places;

    @Option(names = "--halves-on-screen", required = true)
    private boolean onScreen;
  }

  /** A place for each role. */
  static final class Places {
    @SuppressWarnings("NullAway.Init") // required
    @Option(names = "--half-1", paramLabel = "FILE", required = true)
    private Path half1;

    @SuppressWarnings("NullAway.Init") // required
    @Option(names = "--half-2", paramLabel = "FILE", required = true)
    private Path half2;
  }

  @SuppressWarnings("NullAway.Init") // required
  @ArgGroup(multiplicity = "1")
  private Halves halves;

  @Option(names = "--upn", paramLabel = "USER@DOMAIN", descriptionKey = "issue.upn")
  private @Nullable String upn;

  @Option(names = "--principal", paramLabel = "USER@REALM")
  private @Nullable String principal;

  @Option(names = "--sid", paramLabel = "SID")
  private @Nullable String sid;

  @Option(names = "--journal", paramLabel = "FILE")
  private @Nullable Path journal;

  @Option(names = "--give-up", paramLabel = "N")
  private List<String> givenUp = new ArrayList<>();

  @Option(names = "--key", defaultValue = "rsa2048", descriptionKey = "issue.key")
  private KeyType key = KeyType.rsa2048;

  @Option(names = "--days", paramLabel = "N", defaultValue = "1095")
  private int days;

  @Option(names = "--own-pin")
  private boolean ownPin;

  @Option(names = "--attestation-root", paramLabel = "FILE")
  private List<Path> attestationRoots = new ArrayList<>();

  @Option(names = "--attestation-ca", paramLabel = "FILE")
  private List<Path> attestationCas = new ArrayList<>();

  @Mixin private final OneCard oneCard = new OneCard();
  @Mixin private final PinInput pinInput = new PinInput();
  @Mixin private final Output output = new Output();

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    demand(days >= 1 && days <= 3660, "--days: 1 to 3660");
    Places places = halves.places;
    demand(
        places == null || !places.half1.toAbsolutePath().equals(places.half2.toAbsolutePath()),
        "--half-1, --half-2: two places");
    if (halves.onScreen && !pinInput.hasTerminal()) {
      return output.promptUnavailable();
    }
    demand(!attestationRoots.isEmpty() || attestationCas.isEmpty(), "--attestation-root");
    demand((whom.list == null) == (journal == null), "--journal FILE belongs to --csv FILE");
    demand(whom.list == null || !ownPin, "--own-pin: one card only");
    demand(whom.list != null || givenUp.isEmpty(), "--give-up belongs to --csv");
    demand(
        whom.list == null || (upn == null && principal == null && sid == null),
        "--upn, --principal, --sid: columns of the list");
    givenUp.forEach(number -> demand(Holder.isNumber(number), "--give-up: a staff number"));
    if (!Files.exists(ca.resolve("root.der"))) {
      demand(false, "--ca: no CA in " + ca + "; make one with issue-test-ca");
    }
    if (ownPin && !pinInput.canAsk()) {
      return output.promptUnavailable();
    }
    TestCa issuer = TestCa.open(ca);
    Optional<Attestation> attestation = attestation();
    Instant now = Instant.now();
    Instant end = now.plus(Duration.ofDays(days));
    Instant begin = now.minus(Duration.ofMinutes(10));
    if (whom.list != null && journal != null) {
      CardList list = CardList.parse(Files.readAllBytes(whom.list), begin, end);
      if (!list.faults().isEmpty()) {
        list.faults().forEach(this::print);
        return Output.REFUSED;
      }
      try (IssueJournal steps = IssueJournal.open(journal);
          Taken taken = taken(places)) {
        return batch(list.rows(), steps, new Desk(issuer, attestation, taken.receiver()));
      }
    }
    Holder holder;
    try {
      holder =
          new Holder(
              whom.number == null ? "" : whom.number,
              Optional.ofNullable(upn),
              Optional.ofNullable(principal),
              Optional.ofNullable(sid),
              begin,
              end);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try (Taken taken = taken(places)) {
      return one(holder, new Desk(issuer, attestation, taken.receiver()));
    }
  }

  /** Who takes the halves, and what is closed with it. */
  private record Taken(HalfReceiver receiver, @Nullable HalfFiles files) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (files != null) {
        files.close();
      }
    }
  }

  private Taken taken(@Nullable Places places) throws IOException {
    if (places == null) {
      return new Taken(pinInput.screen(output::message), null);
    }
    HalfFiles files = HalfFiles.open(places.half1, places.half2);
    return new Taken(files, files);
  }

  private void demand(boolean fits, String rule) {
    if (!fits) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  private Optional<Attestation> attestation() throws IOException {
    return attestationRoots.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Attestation(
                certificates(attestationRoots),
                certificates(attestationCas),
                InstantSource.system()));
  }

  private static List<X509Certificate> certificates(List<Path> files) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Path file : files) {
      try {
        certificates.add(PathVerifier.parse(Files.readAllBytes(file)));
      } catch (GeneralSecurityException e) {
        throw new IOException("FILE_UNUSABLE " + file + ": no certificate", e);
      }
    }
    return certificates;
  }

  /** Everything that is the same for each card. */
  private record Desk(TestCa ca, Optional<Attestation> attestation, HalfReceiver halves) {}

  private int one(Holder holder, Desk desk) throws IOException {
    Optional<Pin> own = Optional.empty();
    try {
      if (ownPin) {
        PinInput.Typed typed = pinInput.pin(output.message("cli.pin.new"));
        own = typed.pin();
        if (own.isEmpty()) {
          return pinInput.refuse(typed, OptionalInt.empty(), output);
        }
        if (!isRepeated(own.get())) {
          say(Map.of("failure", "PIN_DIFFERS"), "cli.pin.differ");
          return Output.REFUSED;
        }
      }
      IssueOutcome outcome = issue(holder, own, IssueProgress.none(), desk);
      print(holder, outcome);
      return exitCode(outcome);
    } finally {
      own.ifPresent(Pin::close);
    }
  }

  private boolean isRepeated(Pin pin) throws IOException {
    if (pinInput.isUnattended()) {
      return true;
    }
    Optional<Pin> again = pinInput.pin(output.message("cli.pin.again")).pin();
    try {
      return again.isPresent() && PinChange.same(pin, again.get());
    } finally {
      again.ifPresent(Pin::close);
    }
  }

  /**
   * Whether every card to be given up is one that can be; says which is not, and changes nothing.
   */
  private boolean canGiveUp(IssueJournal steps) {
    boolean can = true;
    for (String number : givenUp) {
      if (!steps.isBegun(number)) {
        String failure = steps.isDone(number) ? "GIVE_UP_DONE" : "GIVE_UP_UNKNOWN";
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("failure", failure);
        values.put("number", number);
        say(values, steps.isDone(number) ? "issue.give-up.done" : "issue.give-up.unknown", number);
        can = false;
      }
    }
    return can;
  }

  /** What a lost card holds shall serve nobody: revoked first, then forgotten. */
  private void giveUp(String number, IssueJournal steps, TestCa authority) throws IOException {
    Optional<BigInteger> certificate = steps.of(number).certified();
    if (certificate.isPresent()) {
      authority.revoke(certificate.get());
    }
    String card = steps.card(number).orElse("-");
    steps.abandon(number);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("event", "given-up");
    values.put("number", number);
    values.put("card", card);
    certificate.ifPresent(serial -> values.put("revoked", serial.toString(16)));
    say(
        values,
        "issue.given-up",
        number,
        card,
        certificate.map(serial -> serial.toString(16)).orElse("-"));
  }

  /** Row after row; each waits until its card is in the reader, and then until it is out. */
  private int batch(List<Holder> rows, IssueJournal steps, Desk desk)
      throws IOException, InterruptedException {
    if (!canGiveUp(steps)) {
      return Output.REFUSED;
    }
    for (String number : new LinkedHashSet<>(givenUp)) {
      giveUp(number, steps, desk.ca());
    }
    if (rows.stream().allMatch(row -> steps.isDone(row.number()))) {
      return finished(rows.size());
    }
    BlockingQueue<CardEvent> events = new LinkedBlockingQueue<>();
    CardWatcher watcher = CardWatcher.start(oneCard.roles(), events::add);
    try {
      for (Holder row : rows) {
        while (!steps.isDone(row.number())) {
          announce(row, steps.card(row.number()));
          IssueOutcome outcome = waiting(row, steps.of(row.number()), desk, events);
          print(row, outcome);
          if (outcome instanceof IssueOutcome.Failed failed
              && NO_CARD_HELPS.contains(failed.failure())) {
            return exitCode(outcome);
          }
          until(events, CardEvent.Removed.class);
        }
      }
    } finally {
      watcher.close();
    }
    return finished(rows.size());
  }

  private int finished(int rows) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("event", "finished");
    values.put("rows", rows);
    say(values, "issue.finished", rows);
    return Output.OK;
  }

  private IssueOutcome waiting(
      Holder row, IssueProgress progress, Desk desk, BlockingQueue<CardEvent> events)
      throws IOException, InterruptedException {
    while (true) {
      events.clear();
      IssueOutcome outcome = issue(row, Optional.empty(), progress, desk);
      boolean none =
          outcome instanceof IssueOutcome.Failed failed && failed.failure() == CardFailure.NO_CARD;
      if (!none) {
        return outcome;
      }
      until(events, CardEvent.Inserted.class);
    }
  }

  private static void until(BlockingQueue<CardEvent> events, Class<? extends CardEvent> wanted)
      throws InterruptedException {
    while (!wanted.isInstance(events.take())) {
      // Other readers' cards, or a service that comes and goes.
    }
  }

  private IssueOutcome issue(Holder holder, Optional<Pin> own, IssueProgress progress, Desk desk)
      throws IOException {
    try (OneCard.Connection connection = oneCard.connect(false)) {
      return new CardIssuer(connection.card(), desk.ca(), desk.attestation(), desk.halves())
          .issue(new CardIssuer.Order(holder, key.algorithm, own), progress);
    } catch (CardException e) {
      return new IssueOutcome.Failed(e.failure(), String.valueOf(e.getMessage()), Optional.empty());
    }
  }

  private static int exitCode(IssueOutcome outcome) {
    if (outcome instanceof IssueOutcome.Issued) {
      return Output.OK;
    }
    return outcome instanceof IssueOutcome.Failed failed
        ? Output.exitCode(failed.failure())
        : Output.REFUSED;
  }

  private void announce(Holder row, Optional<String> card) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("event", "insert");
    values.put("number", row.number());
    card.ifPresent(known -> values.put("card", known));
    if (card.isPresent()) {
      say(values, "issue.insert.again", row.number(), card.get());
    } else {
      say(values, "issue.insert", row.number());
    }
  }

  private void print(CardList.Fault fault) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("failure", fault.code());
    values.put("line", fault.line());
    values.put("detail", fault.detail());
    say(
        values,
        "issue.fault",
        fault.line(),
        output.message("issue." + fault.code()),
        fault.code(),
        fault.detail());
  }

  private void print(Holder holder, IssueOutcome outcome) {
    if (outcome instanceof IssueOutcome.Issued issued) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("event", "issued");
      values.put("number", holder.number());
      values.put("card", issued.card());
      String serial = issued.certificate().getSerialNumber().toString(16);
      values.put("certificate", serial);
      values.put("attested", issued.attestation().isPresent());
      say(values, "issue.issued", holder.number(), issued.card(), serial);
    } else if (outcome instanceof IssueOutcome.Refused refused) {
      line(IssueText.of(output, holder.number(), refused));
    } else if (outcome instanceof IssueOutcome.Failed failed) {
      line(IssueText.of(output, holder.number(), failed));
    }
  }

  private void say(Map<String, Object> values, String key, Object... arguments) {
    line(output.json() ? Json.of(values) : output.message(key, arguments));
  }

  private void line(String text) {
    Output.print(spec.commandLine().getOut(), text);
  }
}
