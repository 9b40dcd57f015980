package jp.sekisho.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.platform.linux.BootId;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.Listeners;
import org.jspecify.annotations.Nullable;

/**
 * One municipality on this machine: pcscd with virtual cards, the service on SQLite, terminal
 * T-0042 with its agent and one seat.
 *
 * <p>Everything runs as the shipped jars, set up by the shipped commands, in one temporary
 * directory; {@link #withConsoleHere} only saves their processes. A town that cannot start ends
 * what it started.
 *
 * <p>Long because it is the one thing that tests hold: what each of them does to cards, service and
 * terminal stands here in the words of the shipped commands. What an auditor does is in {@link
 * Auditor}, processes in {@link Programs}, cards in {@link Cards}.
 */
final class Town implements AutoCloseable {
  static final String PIN = "123456";
  static final String HELP_LINE = "内線 1234";

  /** Staff numbers, which are also the names of the cards. */
  static final String CLERK = "100042";

  static final String AUDITOR = "100007";

  /** CISO of the 機関. */
  static final String UNLUCKY = "100099";

  static final String APPROVER = "100031";

  /** Approves beside {@link #APPROVER} where there are {@link #withExceptions}. */
  static final String SECOND_APPROVER = "100032";

  /** Works at a counter; their card is made there. */
  static final String COUNTER_CLERK = "100055";

  /** The My Number card of {@link #COUNTER_CLERK}, where there are {@link #withOtherCards}. */
  static final String MY_NUMBER_CARD = "my-number";

  static final String MY_NUMBER_PIN = "1234";

  /** Cards of nobody's: one ended yesterday, one is on the CA's list. */
  static final String EXPIRED = "expired";

  static final String REVOKED = "revoked";

  /** Between two looks at a whole log. */
  static final Duration ENTRIES_LOOK = Duration.ofMillis(250);

  private static final Duration READER_LOOKS = Duration.ofSeconds(15);
  private static final String FOREIGN = "foreign";
  private static final String SERVER = "auth-server/service/target/sekisho-server.jar";
  private static final String AGENT = "endpoint-agent/target/sekisho-agent.jar";
  private static final String POLICY = "policies/cli/target/sekisho-policy.jar";
  private static final Pattern FINGERPRINT = Pattern.compile("([0-9A-F]{4}-){4}[0-9A-F]{4}");
  private static final Pattern CODE = Pattern.compile("([0-9A-Z]{5}-){4}[0-9A-Z]{5}");
  private static final Pattern TICKET = Pattern.compile("sekisho-ticket1~[^\"\\s]+");

  /** Speaks Assuan like pinentry; "types" what stands in a file. */
  static final String PINENTRY =
      """
      #!/bin/sh
      # Speaks Assuan like pinentry; "types" what the test put into the file.
      echo "OK ready"
      while read -r command rest; do
        case $command in
          GETPIN) printf 'D %s\\nOK\\n' "$(cat '@FILE@')" ;;
          BYE) echo OK; exit 0 ;;
          *) echo OK ;;
        esac
      done
      """;

  /** Base URL of an agent's loopback port. */
  static final String LOOPBACK = "http://127.0.0.1:47621";

  private static @Nullable ConsoleHere console; // guarded by the class

  private enum Kind {
    COMMON,
    CONSOLE_HERE,
    OTHER_CARDS,
    EXCEPTIONS,
    EMPTY
  }

  private final Path directory;
  private final Path data;
  private final boolean otherCards;
  private final boolean consoleHere;
  private final @Nullable Recipient recipient;
  private final Programs programs;
  private final Cards cards;
  private final int peoplePort;
  private final int agentsPort = freePort();
  // The page may call this port only: it stands in its content security policy.
  private final int loopbackPort = 47621;
  private final Auditor auditor;
  private Process server;
  private String code = "";

  @SuppressWarnings("NullAway.Init") // a town that only half started is seen by nobody
  private Town(Path directory, int peoplePort, Kind kind, Consumer<String> says)
      throws IOException {
    this.directory = directory;
    this.otherCards = kind == Kind.OTHER_CARDS;
    this.consoleHere = kind == Kind.CONSOLE_HERE || kind == Kind.EXCEPTIONS;
    this.peoplePort = peoplePort;
    this.data = directory.resolve("server");
    this.programs =
        new Programs(
            Files.createDirectories(directory.resolve("log")),
            Map.of("PCSCLITE_CSOCK_NAME", Cards.socket(directory).toString()));
    this.auditor = new Auditor(directory, programs, this::server, this::here);
    boolean started = false;
    try {
      this.recipient =
          kind == Kind.EXCEPTIONS ? Recipient.make(programs, directory.resolve("recipient")) : null;
      says.accept("starting pcscd and virtual cards");
      this.cards = Cards.start(directory, programs);
      if (kind == Kind.EMPTY) {
        code = find(CODE, init());
        server = startService();
      } else {
        makeCards();
        says.accept("making the service's data, its people and a signed policy");
        makeService();
        says.accept("starting the service");
        server = startService();
        says.accept("enrolling terminal T-0042 and starting its agent");
        makeTerminal();
      }
      started = true;
    } finally {
      if (!started) {
        programs.close();
      }
    }
  }

  static Town start(Path directory) throws IOException {
    return start(directory, freePort());
  }

  /** As {@link #start(Path)}, its pages at a port of the caller's. */
  static Town start(Path directory, int peoplePort) throws IOException {
    return start(directory, peoplePort, line -> {});
  }

  /**
   * As {@link #start(Path, int)}.
   *
   * @param says gets a line for each thing that takes seconds
   */
  static Town start(Path directory, int peoplePort, Consumer<String> says) throws IOException {
    return new Town(directory, peoplePort, Kind.COMMON, says);
  }

  /**
   * As {@link #start(Path)}, with the service's console commands run inside this process, for tests
   * that are not about them.
   */
  static Town withConsoleHere(Path directory) throws IOException {
    return new Town(directory, freePort(), Kind.CONSOLE_HERE, line -> {});
  }

  /**
   * As {@link #withConsoleHere}, with every exception there is: two approvers who also have a card
   * each for {@link #cardElsewhere}, files that leave encrypted by both of them ({@code prefecture}
   * has a certificate, {@code pension-office} has none), 緊急時の例外措置 and offline logins.
   */
  static Town withExceptions(Path directory) throws IOException {
    return new Town(directory, freePort(), Kind.EXCEPTIONS, line -> {});
  }

  /** Who the certificate of {@code prefecture} belongs to, of a town {@link #withExceptions}. */
  Recipient recipient() {
    return Objects.requireNonNull(recipient);
  }

  /** As its {@code init} leaves it, with the service running: nobody is there yet. */
  static Town empty(Path directory) throws IOException {
    return new Town(directory, freePort(), Kind.EMPTY, line -> {});
  }

  /** The one-time code that {@code init} of an empty town printed. */
  String code() {
    return code;
  }

  /**
   * As {@link #start(Path)}, with cards that are refused and a My Number card, which the policy and
   * two readers for staff let in.
   */
  static Town withOtherCards(Path directory) throws IOException {
    return new Town(directory, freePort(), Kind.OTHER_CARDS, line -> {});
  }

  private void makeCards() throws IOException {
    cards.make(CLERK, "--subject-number", CLERK);
    cards.make(AUDITOR, "--subject-number", AUDITOR);
    cards.make(UNLUCKY, "--subject-number", UNLUCKY);
    cards.make(APPROVER, "--subject-number", APPROVER);
    cards.make(FOREIGN, "--not-piv");
    if (otherCards) {
      cards.make(EXPIRED, "--expired");
      cards.make(REVOKED);
      cards.revoke(REVOKED);
      cards.makeMyNumberCard(MY_NUMBER_CARD);
    }
    if (recipient != null) {
      cards.make(SECOND_APPROVER, "--subject-number", SECOND_APPROVER);
    }
  }

  /** The service's trust in My Number cards, and the one of the clerk at the counter. */
  private void registerMyNumberCard() throws IOException {
    Path trust = Files.createDirectories(data.resolve("trust").resolve("jpki"));
    Files.copy(cards.myNumberCa().resolve("root.der"), trust.resolve("jpki.crt"));
    Files.copy(cards.myNumberCa().resolve("crl.der"), trust.resolve("jpki.crl"));
    Files.copy(cards.myNumberCa().resolve("policy.oid"), trust.resolve("required-policy.oid"));
    Files.copy(cards.myNumberCa().resolve("policy.oid"), trust.resolve("hardware-policy.oid"));
    server(
        "card",
        "register",
        "--kind",
        "jpki",
        "--person",
        COUNTER_CLERK,
        "--certificate",
        directory.resolve("card-" + MY_NUMBER_CARD).resolve("auth.der").toString());
  }

  /**
   * The trial's policy; with My Number cards where there are any, with recurring exceptions and
   * files that may leave where the tests are about pages, with every exception where they are.
   */
  private Path policy() throws IOException {
    Path trial = Programs.root().resolve("policies/profiles/trial.yaml");
    if (!otherCards && !consoleHere) {
      return trial;
    }
    String text = Files.readString(trial);
    if (recipient != null) {
      return Files.writeString(
          directory.resolve("policy.yaml"), withExceptions(text, recipient.certificate()));
    }
    if (consoleHere) {
      String series =
          """
          grants:
            longest-series:
              id: grants.longest-series
              value: 366d
              reason:
                ja: 毎週・毎月の受け渡しを一度の申請で許可します。
                en: What is handed over every week or month is asked for once.
          """;
      return Files.writeString(
          directory.resolve("policy.yaml"),
          text.replace("\ngrants:\n", "\n" + series)
              .replace(
                  "value: [usb-read]",
                  "value: [usb-read, media-import, usb-export-encrypted, export-plain]")
              .replace(
                  "id: grants.recipients\n    value: []",
                  "id: grants.recipients\n    value: [prefecture]"));
    }
    String changed =
        text.replace("value: [staff-piv]", "value: [staff-piv, jpki]")
            .replace(
                "id: readers.jpki-staff-login\n    value: off",
                "id: readers.jpki-staff-login\n    value: on")
            .replace("{ name: \"*\", role: shared }", "{ name: \"*\", role: staff }");
    return Files.writeString(directory.resolve("policy.yaml"), changed);
  }

  private static String withExceptions(String trial, String certificate) {
    String certificates =
        """

        grants:
          recipient-certificates:
            id: grants.recipient-certificates
            value: [{ recipient: prefecture, certificate: "%s" }]
            reason:
              ja: 県が届け出た証明書です。
              en: The certificate that the prefecture handed in.
        """
            .formatted(certificate);
    String text = trial.replace("\ngrants:\n", certificates);
    Map<String, List<String>> values =
        Map.of(
            "grants.capabilities", List.of("[usb-read]", "[usb-read, usb-export-encrypted]"),
            "grants.second-approver",
                List.of("[export-plain]", "[usb-export-encrypted, export-plain]"),
            "grants.recipients", List.of("[]", "[prefecture, pension-office]"),
            "grants.emergency", List.of("0m", "30m"),
            "login.offline-days", List.of("0", "3"));
    for (Map.Entry<String, List<String>> value : values.entrySet()) {
      String line = "id: " + value.getKey() + "\n    value: ";
      String changed =
          text.replace(
              line + value.getValue().get(0) + "\n", line + value.getValue().get(1) + "\n");
      if (changed.equals(text)) {
        throw new AssertionError("the trial's policy has another " + value.getKey());
      }
      text = changed;
    }
    return text;
  }

  private String init(String... more) {
    List<String> command = new ArrayList<>(List.of("init", "--organ", "mayor:市長部局"));
    command.addAll(List.of("--origin", people()));
    command.addAll(List.of("--agents-host", "localhost", "--agents-host", "service"));
    command.addAll(List.of("--people-port", "" + peoplePort, "--agents-port", "" + agentsPort));
    command.addAll(List.of("--trial", "--staff-ca", cards.trust().toString()));
    command.addAll(List.of("--help-line", HELP_LINE));
    command.addAll(List.of(more));
    return server(command.toArray(String[]::new));
  }

  private void makeService() throws IOException {
    init("--without-setup");
    Path persons = directory.resolve("persons.csv");
    String known =
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        100042,見本 花子,mayor,shimin,市民課,主事,2026-04-01,2126-03-31,clerk
        100099,見本 次郎,mayor,shimin,市民課,主事,2026-04-01,2126-03-31,clerk;ciso
        100055,見本 桜子,mayor,shimin,市民課,主事,2026-04-01,2126-03-31,clerk
        100031,見本 三郎,mayor,shimin,市民課,課長,2026-04-01,2126-03-31,clerk;approver
        100007,見本 太郎,mayor,kansa,監査課,書記,2026-04-01,2126-03-31,clerk;auditor
        """;
    List<String> holders = new ArrayList<>(List.of(CLERK, AUDITOR, UNLUCKY, APPROVER));
    if (recipient != null) {
      known +=
          SECOND_APPROVER + ",見本 四郎,mayor,shimin,市民課,係長,2026-04-01,2126-03-31,clerk;approver\n";
      holders.add(SECOND_APPROVER);
    }
    Files.writeString(persons, known);
    server("person", "import", persons.toString());
    for (String person : holders) {
      server(
          "card",
          "register",
          "--person",
          person,
          "--certificate",
          cards.certificate(person).toString());
    }
    if (otherCards) {
      registerMyNumberCard();
    }
    server("policy", "import", signPolicy().toString());
  }

  /** The trial's officer signs the shipped profile with the approver in it; the directory. */
  Path signPolicy() throws IOException {
    Path keys = directory.resolve("service-keys");
    Path root = directory.resolve("root");
    Path signed = directory.resolve("signed");
    server("policy", "keys", "--out", keys.toString());
    programs
        .run(Programs.jar(POLICY, "root", "--new", root.toString(), "--service", keys.toString()))
        .expectOk();
    List<String> sign = new ArrayList<>(List.of("sign", "--root", root.toString()));
    sign.addAll(List.of("--policy", policy().toString(), "--out", signed.toString()));
    sign.addAll(approver(APPROVER, cards.certificate(APPROVER)));
    if (recipient != null) {
      sign.addAll(approver(SECOND_APPROVER, cards.certificate(SECOND_APPROVER)));
      for (String person : List.of(APPROVER, SECOND_APPROVER)) {
        sign.addAll(approver(person, cards.memoryElsewhere(person).resolve("9a.der")));
      }
    }
    programs.run(Programs.jar(POLICY, sign.toArray(String[]::new))).expectOk();
    return signed;
  }

  private static List<String> approver(String person, Path certificate) {
    return List.of("--approver", person + ":mayor:" + certificate);
  }

  private Process startService() {
    Process process =
        programs.start("server", Programs.jar(SERVER, "serve", "--data", data.toString()));
    programs.awaitReady(
        "server", process, Duration.ofSeconds(90), () -> open(agentsPort) && open(peoplePort));
    return process;
  }

  private void makeTerminal() throws IOException {
    String ticket = find(TICKET, server("terminal", "ticket", "T-0042", "--organ", "mayor"));
    server("terminal", "confirm", "T-0042", "--fingerprint", enrol(ticket));
    startAgent();
  }

  /** Lets the terminal use a ticket; the fingerprint it shows. */
  String enrol(String ticket) {
    return enrol(ticket, "agent");
  }

  private String enrol(String ticket, String place) {
    String enrolled =
        programs
            .run(
                Programs.jar(
                    AGENT,
                    "enroll",
                    ticket,
                    "--state",
                    directory.resolve(place).toString(),
                    "--reader-role",
                    (otherCards ? Cards.READERS : Cards.READER) + "=staff"))
            .expectOk();
    return find(FINGERPRINT, enrolled);
  }

  /** Starts the enrolled terminal's agent and its seat. */
  void startAgent() throws IOException {
    startAgent("agent", loopbackPort);
  }

  /**
   * Begins the use of an exception as T-0042 does once its medium is plugged in. The agent of a
   * town enforces nothing and so never does.
   */
  void activate(String grant, String fingerprint) {
    StateDirectory state = new StateDirectory(directory.resolve("agent"));
    try {
      AgentSettings settings = state.settings();
      ServiceClient client =
          new ServiceClient(
              settings.server(),
              PinnedTls.context(
                  StateDirectory.certificate(settings.serverCaDer()),
                  state.key().orElseThrow(),
                  state.certificates()));
      String nonce = Base64Url.encode(new byte[32]);
      Reply<Activated> reply =
          client.activate(grant, new ActivateRequest(nonce, BootId.current(), fingerprint));
      if (!(reply instanceof Reply.Ok<Activated>)) {
        throw new AssertionError(reply);
      }
    } catch (StateException | MalformedException | IOException e) {
      throw new AssertionError("the terminal's files cannot be read", e);
    }
  }

  /**
   * Enrols and starts another terminal of the mayor's office beside the first, at the same reader;
   * the base URL of its agent, which no browser asks.
   */
  String anotherTerminal(String terminal) throws IOException {
    int port = freePort();
    String ticket = find(TICKET, server("terminal", "ticket", terminal, "--organ", "mayor"));
    server("terminal", "confirm", terminal, "--fingerprint", enrol(ticket, terminal));
    startAgent(terminal, port);
    return "http://127.0.0.1:" + port;
  }

  private void startAgent(String place, int port) throws IOException {
    Path state = directory.resolve(place);
    Path socket = directory.resolve(place + ".sock");
    programs.start(
        place,
        Programs.jar(
            AGENT,
            "service",
            "--no-enforcement",
            "--seats",
            "any",
            "--state",
            state.toString(),
            "--loopback-port",
            "" + port,
            "--socket",
            socket.toString()));
    Programs.await("the agent", Duration.ofSeconds(60), () -> open(port));
    Path pinentry = directory.resolve("pinentry");
    Files.writeString(
        pinentry, PINENTRY.replace("@FILE@", directory.resolve("fingers").toString()));
    Files.setPosixFilePermissions(pinentry, PosixFilePermissions.fromString("rwxr-xr-x"));
    programs.start(
        "session-" + place,
        Programs.jar(
            AGENT, "session", "--socket", socket.toString(), "--pinentry", pinentry.toString()));
    Page page = new Page(people(), "http://127.0.0.1:" + port);
    Programs.await("the seat", Duration.ofSeconds(30), () -> page.answersThisUser());
  }

  /** Origin of the people's listener. */
  String people() {
    return "http://localhost:" + peoplePort;
  }

  /** Base URL of the agent's loopback port. */
  String agent() {
    return "http://127.0.0.1:" + loopbackPort;
  }

  /** What the person will type at the next PIN window. */
  void typePin(String pin) {
    try {
      Files.writeString(directory.resolve("fingers"), pin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Exchanges the card and waits until the agent saw both halves of it, as a person would. */
  void insert(String card) {
    takeOut();
    cards.insert(card);
    Programs.await(
        "the agent to see card " + card, READER_LOOKS, () -> !"NO_CARD".equals(problem()));
  }

  void insertForeignCard() {
    insert(FOREIGN);
  }

  /** Takes the card out and returns at once. */
  void removeCard() {
    cards.remove();
  }

  // pcscd looks at its readers every 400 ms; a card exchanged in between would never have left.
  private void takeOut() {
    cards.remove();
    Programs.await(
        "the empty reader", READER_LOOKS, () -> cards.areOut() && "NO_CARD".equals(problem()));
  }

  /** Whether a PIN was ever presented to this card. */
  boolean sawAPin(String card) {
    return cards.trace(card).stream()
        .anyMatch(line -> line.startsWith("> 00 20") && line.contains("XX"));
  }

  private @Nullable String problem() {
    Refusal problem = new Page(people(), agent()).status().problem();
    return problem == null ? null : problem.name();
  }

  /** PIN tries of the card in the reader, as sekisho-card.jar reads them. */
  int triesLeft() {
    String out =
        programs
            .run(
                Programs.jar(
                    "smartcard/target/sekisho-card.jar",
                    "status",
                    "--reader-role",
                    Cards.READER + "=staff",
                    "--json"))
            .out();
    return Integer.parseInt(find(Pattern.compile("(?<=\"triesLeft\":)\\d+"), out));
  }

  /** What the agent's loopback port says to a process of another user of this machine. */
  String statusAsAnotherUser() {
    return programs
        .run(
            List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "curl",
                "-s",
                "-H",
                "Origin: " + people(),
                agent() + "/v1/status"))
        .out();
  }

  /** Waits until the log of the mayor's office holds an entry of this type and reason. */
  void awaitEntry(String type, String reason) {
    Programs.await(
        type + " " + reason,
        Duration.ofSeconds(30),
        ENTRIES_LOOK,
        () ->
            auditor.entries("mayor").stream()
                .anyMatch(line ->
                    line.contains("\"type\":\"" + type + "\"")
                        && line.contains("\"reason\":\"" + reason + "\"")));
  }

  /**
   * A ticket for another terminal of the mayor's office, which knows this machine as {@code
   * service}.
   */
  String ticketFor(String terminal) {
    return find(TICKET, server("terminal", "ticket", terminal, "--organ", "mayor"))
        .replace("https://localhost:", "https://service:");
  }

  /**
   * Registers a single sign-on whose login page has this origin; its key, its certificate and the
   * CA to trust lie in the directory returned.
   */
  Path registerSso(String realm, String origin) throws IOException {
    Path keys = Files.createDirectories(directory.resolve("sso"));
    Path request = keys.resolve("request.pem");
    List<String> make =
        new ArrayList<>(List.of("openssl", "req", "-new", "-newkey", "ec", "-nodes"));
    make.addAll(List.of("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=keycloak"));
    make.addAll(List.of("-keyout", keys.resolve("key.pem").toString(), "-out", request.toString()));
    programs.run(make).expectOk();
    server(
        "service",
        "certify",
        "keycloak",
        "--realm",
        realm,
        "--origin",
        origin,
        "--request",
        request.toString(),
        "--out",
        keys.toString());
    return keys;
  }

  /** Port of the service for agents and other systems. */
  int agentsPort() {
    return agentsPort;
  }

  /** To start further programs beside the town's own; they end with it. */
  Programs programs() {
    return programs;
  }

  /** Confirms what a terminal printed at its enrolment. */
  void confirm(String terminal, String enrolled) {
    server("terminal", "confirm", terminal, "--fingerprint", find(FINGERPRINT, enrolled));
  }

  /** Makes another card of a person for a reader elsewhere, and registers it. */
  Path cardElsewhere(String person, int port) {
    Path card = cards.elsewhere(person, port);
    server(
        "card", "register", "--person", person, "--certificate", card.resolve("9a.der").toString());
    return card;
  }

  /** Has the console suspend the cards of a person. */
  void suspendCards(String person) {
    server("card", "suspend", "--person", person);
  }

  /** Makes a card whose certificate names {@code number}, and registers it for nobody. */
  Path makeCard(String number) {
    return makeCard(number, number);
  }

  /** As {@link #makeCard(String)}, under another name than the number in its certificate. */
  Path makeCard(String card, String number) {
    cards.make(card, "--subject-number", number);
    return cards.certificate(card);
  }

  /** The certificate of a card that was made before. */
  Path certificate(String card) {
    return cards.certificate(card);
  }

  /** Has the console take a personnel file. */
  void takeOrder(String file) throws IOException {
    Path path = directory.resolve("order-" + System.nanoTime() + ".csv");
    Files.writeString(path, file);
    server("person", "import", path.toString());
  }

  /** Puts a model of passkeys on the service's list: a file {@code <AAGUID>.pem}. */
  void listPasskeyModel(Path file) throws IOException {
    Path models = Files.createDirectories(data.resolve("trust").resolve("passkey-models"));
    Files.copy(file, models.resolve(file.getFileName().toString()));
  }

  void registerMedium(String medium, String fingerprint) {
    server("medium", "register", medium, "--organ", "mayor", "--fingerprint", fingerprint);
  }

  /** Gives somebody the first place in the order of deputies of a division. */
  void nameDeputy(String person, String division) {
    server(
        "deputy",
        "name",
        person,
        "--organ",
        "mayor",
        "--division",
        division,
        "--rank",
        "1",
        "--from",
        "2020-04-01",
        "--until",
        "2999-03-31",
        "--reference",
        "総第9号");
  }

  /** The entries of the mayor's log now, one a line. */
  List<String> entries() {
    return auditor.entries("mayor");
  }

  /** The entries of a log now, one a line. */
  List<String> entries(String log) {
    return auditor.entries(log);
  }

  /** Exports a log, verifies it with the auditor's program and returns its entries, one a line. */
  String exportAndVerify(String log) {
    return auditor.exportAndVerify(log);
  }

  /** As {@link #exportAndVerify}, and the log must continue the one exported before. */
  String exportAndVerifySince(String log) {
    return auditor.exportAndVerifySince(log);
  }

  /**
   * Changes one character of the second entry of an export and returns what the auditor's program
   * says.
   */
  String verifyWithOneByteChanged(String log) throws IOException {
    return auditor.verifyWithOneByteChanged(log);
  }

  /** Kills the service as a power failure would and starts it again. */
  void killAndRestartService() {
    killService();
    restartService();
  }

  /** Kills the service as a power failure would. */
  void killService() {
    server.destroyForcibly();
    Programs.await("its end", Duration.ofSeconds(10), () -> !server.isAlive());
  }

  /** Starts the service again. */
  void restartService() {
    server = startService();
    // A heartbeat may have met the gap; the terminal says so until its next one, in 5 s.
    Programs.await(
        "the agent to find it", READER_LOOKS, () -> !"SERVER_UNREACHABLE".equals(problem()));
  }

  /**
   * Files of the service, the agent and all logs that hold {@code secret}; the cards' own memories
   * are not searched.
   */
  List<Path> filesContaining(String secret) throws IOException {
    List<Path> found = new ArrayList<>();
    // A character for each byte.
    String wanted =
        new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (String part : List.of("server", "agent", "log")) {
      try (Stream<Path> files = Files.walk(directory.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (new String(bytesOf(file), StandardCharsets.ISO_8859_1).contains(wanted)) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }

  /** Nothing for a file that was renamed since it was listed: it is there under its new name. */
  private static byte[] bytesOf(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private String server(String... words) {
    if (consoleHere) {
      return here(words);
    }
    List<String> command = Programs.jar(SERVER, words);
    command.addAll(List.of("--data", data.toString()));
    return programs.run(command).expectOk();
  }

  /** A console command inside this process; its classes are loaded once for all towns. */
  private String here(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--data", data.toString()));
    synchronized (Town.class) {
      if (console == null) {
        console = new ConsoleHere(Programs.root().resolve(SERVER));
      }
      return console.run(line.toArray(String[]::new)).expectOk();
    }
  }

  private static String find(Pattern pattern, String text) {
    Matcher m = pattern.matcher(text);
    if (!m.find()) {
      throw new AssertionError(pattern + " is not in " + text);
    }
    return m.group();
  }

  static int freePort() {
    return Listeners.freePort();
  }

  private static boolean open(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    programs.close();
  }
}
