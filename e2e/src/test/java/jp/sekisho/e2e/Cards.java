package jp.sekisho.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.e2e.vm.MachineLacks;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.verify.PathVerifier;

/**
 * A real pcscd in a network of its own, and virtual cards that one hand puts into its first reader.
 *
 * <p>Debian's vpcd listens on every address, hence the own network; pcscd's socket appears in a
 * directory on this side. Who is not root has it in a user namespace.
 */
final class Cards {
  /** Name of the reader that the cards are put into. */
  static final String READER = "Virtual PCD 00 00";

  /** All readers, for roles. */
  static final String READERS = "Virtual PCD *";

  private final Path directory;
  private final Programs programs;
  private final long pcscd;
  private final Map<String, Path> cards = new LinkedHashMap<>();

  private Cards(Path directory, Programs programs, long pcscd) {
    this.directory = directory;
    this.programs = programs;
    this.pcscd = pcscd;
  }

  static Path socket(Path directory) {
    return directory.resolve("pcscd").resolve("pcscd.comm");
  }

  /** Path of the CA whose certificates the staff cards carry. */
  Path ca() {
    return directory.resolve("ca");
  }

  static Cards start(Path directory, Programs programs) throws IOException {
    for (String tool : List.of("/usr/sbin/pcscd", "/usr/bin/unshare", "/usr/bin/nsenter")) {
      if (!Files.isExecutable(Path.of(tool))) {
        throw new MachineLacks(
            tool + " is missing: apt-get install pcscd vsmartcard-vpcd util-linux iproute2");
      }
    }
    List<String> unshare = new ArrayList<>(List.of("unshare", "--net", "--mount"));
    if (!isRoot()) {
      unshare.addAll(List.of("--user", "--map-root-user"));
    }
    requireNamespaces(programs, unshare);
    Path run = Files.createDirectories(directory.resolve("pcscd"));
    List<String> command = new ArrayList<>(unshare);
    // Where root's own pcscd never ran there is no /run/pcscd, and only root can make one.
    command.addAll(
        List.of(
            "sh",
            "-c",
            "[ -d /run/pcscd ] || mkdir -p /run/pcscd 2>/dev/null"
                + " || { mount -t tmpfs tmpfs /run && mkdir /run/pcscd; };"
                + " mount --bind \"$1\" /run/pcscd && PATH=$PATH:/usr/sbin:/sbin"
                + " && ip link set lo up && exec pcscd --foreground",
            "sh",
            run.toString()));
    Process pcscd = programs.start("pcscd", command);
    programs.awaitReady(
        "pcscd", pcscd, Duration.ofSeconds(20), () -> Files.exists(socket(directory)));
    Cards cards = new Cards(directory, programs, pcscd.pid());
    programs
        .run(
            Programs.jar(
                "smartcard/target/sekisho-card.jar", "issue-test-ca", cards.ca().toString()))
        .expectOk();
    Path trust = Files.createDirectories(cards.trust());
    Files.copy(cards.ca().resolve("root.der"), trust.resolve("staff.crt"));
    Files.copy(cards.ca().resolve("crl.der"), trust.resolve("staff.crl"));
    Files.copy(cards.ca().resolve("policy.oid"), trust.resolve("hardware-policy.oid"));
    return cards;
  }

  private static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireNamespaces(Programs programs, List<String> unshare) {
    List<String> attempt = new ArrayList<>(unshare);
    attempt.add("true");
    if (programs.run(attempt).exitCode() != 0) {
      throw new MachineLacks(
          "pcscd needs a network of its own: run this as root, or allow unprivileged user"
              + " namespaces (sysctl kernel.unprivileged_userns_clone=1)");
    }
  }

  /** The words that put a program into pcscd's network. */
  private List<String> enter() {
    return isRoot()
        ? List.of("nsenter", "--net=/proc/" + pcscd + "/ns/net")
        : List.of("nsenter", "--user", "--preserve-credentials", "--target", "" + pcscd, "--net");
  }

  /**
   * What the service is told to trust: the CA's certificate, its revocation list, its policy for
   * hardware- and PIN-bound keys.
   */
  Path trust() {
    return directory.resolve("trust");
  }

  /** Makes a PIV card; {@code options} as of {@code sekisho-card.jar simulate}. */
  void make(String name, String... options) {
    simulate("piv", name, options);
  }

  /** Makes a My Number card, its CAs below {@link #ca}. */
  void makeMyNumberCard(String name) {
    simulate("jpki", name);
  }

  /** The CA of My Number cards' certificates for user authentication: its files. */
  Path myNumberCa() {
    return ca().resolve("jpki-auth");
  }

  /** Has the CA of staff cards revoke one; the list of {@link #trust} says so. */
  void revoke(String name) throws IOException {
    String serial;
    try {
      serial =
          PathVerifier.parse(Files.readAllBytes(certificate(name))).getSerialNumber().toString(16);
    } catch (CertificateException e) {
      throw new IOException(e);
    }
    programs
        .run(
            Programs.jar(
                "smartcard/target/sekisho-card.jar",
                "issue-test-ca",
                ca().toString(),
                "--revoke",
                serial))
        .expectOk();
    Files.copy(
        ca().resolve("crl.der"), trust().resolve("staff.crl"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void simulate(String application, String name, String... options) {
    Path card = directory.resolve("card-" + name);
    List<String> command = new ArrayList<>(enter());
    command.addAll(
        Programs.jar(
            "smartcard/target/sekisho-card.jar",
            "simulate",
            application,
            "--port",
            "35963",
            "--dir",
            card.toString(),
            "--ca",
            ca().toString(),
            "--removed"));
    command.addAll(List.of(options));
    programs.start("card-" + name, command);
    Programs.await(
        "card " + name, Duration.ofSeconds(30), () -> Files.exists(card.resolve("control.sock")));
    cards.put(name, card);
  }

  /**
   * The memory of the card that {@link #elsewhere} puts into a reader, made before there is one.
   */
  Path memoryElsewhere(String person) throws IOException {
    Path card = Files.createDirectories(elsewhere(person));
    PivApplet _ =
        PivApplet.open(
            card, new NewCard(NewCard.Kind.STAFF, person, Optional.of(ca()), Optional.empty()));
    return card;
  }

  private Path elsewhere(String person) {
    return directory.resolve("card-elsewhere-" + person);
  }

  /** A card of {@code person} in the first reader of the pcscd behind a vpcd's port. */
  Path elsewhere(String person, int port) {
    Path card = elsewhere(person);
    programs.start(
        "card-elsewhere-" + person,
        Programs.jar(
            "smartcard/target/sekisho-card.jar",
            "simulate",
            "piv",
            "--port",
            "" + port,
            "--dir",
            card.toString(),
            "--ca",
            ca().toString(),
            "--subject-number",
            person,
            "--removed"));
    Programs.await(
        "card of " + person,
        Duration.ofSeconds(30),
        () -> Files.exists(card.resolve("control.sock")));
    return card;
  }

  /** The certificate of a staff card. */
  Path certificate(String name) {
    return card(name).resolve("9a.der");
  }

  /** Puts one card into the reader, which must be empty. */
  void insert(String name) {
    control(card(name), "insert");
  }

  /** Takes whatever card is in the reader out of it. */
  void remove() {
    cards.values().forEach(path -> control(path, "remove"));
  }

  /** Whether every card is out, long enough for pcscd to take the next one of another program. */
  boolean areOut() {
    return cards.values().stream().allMatch(Cards::isOut);
  }

  /** Whether a card is out, long enough for pcscd to take the next one of another program. */
  static boolean isOut(Path card) {
    return control(card, "status").equals(List.of("removed"));
  }

  /** APDUs the card received, PIN bytes masked. */
  List<String> trace(String name) {
    return control(card(name), "trace");
  }

  private Path card(String name) {
    Path card = cards.get(name);
    if (card == null) {
      throw new IllegalArgumentException("no card " + name);
    }
    return card;
  }

  static List<String> control(Path card, String line) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(card.resolve("control.sock")));
      new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), true).println(line);
      List<String> answer =
          new ArrayList<>(
              new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))
                  .lines()
                  .toList());
      if (answer.isEmpty() || !answer.remove(0).equals("ok")) {
        throw new AssertionError("the virtual card refused " + line);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
