package jp.sekisho.smartcard.pkcs11;

import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.bouncycastle.asn1.ASN1Object;

/**
 * A token behind a PKCS#11 module. Every call starts a child JVM that loads the module, answers
 * once and ends; so no call sees what another left behind, and a card that was out and in again is
 * simply there. Thread-safe.
 *
 * <p>The child gets what it is to do, the PIN too, by its standard input. What the module prints is
 * ignored: the answer follows a random word only this child was told.
 */
public final class Pkcs11Card {
  /** A cold JVM and a slow card; the module of a missing reader may wait for it. */
  public static final Duration LIMIT = Duration.ofSeconds(30);

  /** A module's chatter and the answer. */
  private static final int LONGEST_OUTPUT = 1 << 20;

  private static final int LONGEST_DATA = 1 << 20;
  private static final int LONGEST_PIN = 64;

  private final Path module;
  private final TokenSelector token;
  private final ReaderRoles roles;
  private final Duration limit;
  private final Map<String, String> environment;
  private final boolean inFile;

  /**
   * @param module the library; it runs with our rights, so the path is the administrator's
   * @param roles a module is asked only while every reader is {@code STAFF}
   */
  public Pkcs11Card(Path module, TokenSelector token, ReaderRoles roles) {
    this(module, token, roles, LIMIT, Map.of(), false);
  }

  /**
   * A token that is a file and in no reader, by the administrator's word: it needs no card service.
   * A reader that is seen and not {@code STAFF} forbids its module all the same.
   */
  public static Pkcs11Card inFile(Path module, TokenSelector token, ReaderRoles roles) {
    return new Pkcs11Card(module, token, roles, LIMIT, Map.of(), true);
  }

  Pkcs11Card(
      Path module,
      TokenSelector token,
      ReaderRoles roles,
      Duration limit,
      Map<String, String> environment) {
    this(module, token, roles, limit, environment, false);
  }

  /**
   * @param limit after it the child is killed
   * @param environment variables for the child besides our own
   * @param inFile whether the module may be asked though nobody knows which readers there are
   */
  Pkcs11Card(
      Path module,
      TokenSelector token,
      ReaderRoles roles,
      Duration limit,
      Map<String, String> environment,
      boolean inFile) {
    this.module = module.toAbsolutePath();
    this.token = token;
    this.roles = roles;
    this.limit = limit;
    this.environment = Map.copyOf(environment);
    this.inFile = inFile;
  }

  /** The same with more variables in the module's environment, such as its configuration file. */
  public Pkcs11Card with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new Pkcs11Card(module, token, roles, limit, all, inFile);
  }

  /** Finds the token and reads its certificates; needs no PIN. */
  public Pkcs11Outcome read() {
    return ask(new Pkcs11Request(module, token, "", new char[0], new byte[0], false));
  }

  /**
   * Logs in once and signs once with the key of a certificate read before.
   *
   * @param typed the PIN; full-width characters count as what they mean. 1 to 64 characters of
   *     ASCII, else PIN_FORMAT and nothing is sent; wiped by the caller, copies here are
   * @param data at most 1 MiB; hashed here
   */
  public Pkcs11Outcome sign(Fingerprint certificate, char[] typed, byte[] data) {
    return sign(certificate, typed, data, true);
  }

  /**
   * The same for whoever asks before a last try is used.
   *
   * @param lastTryConfirmed else a token that says its last try is left gets no PIN: PIN_LAST_TRY
   */
  public Pkcs11Outcome sign(
      Fingerprint certificate, char[] typed, byte[] data, boolean lastTryConfirmed) {
    if (data.length > LONGEST_DATA) {
      throw new IllegalArgumentException("more than 1 MiB");
    }
    Optional<char[]> pin = pin(typed);
    if (pin.isEmpty()) {
      return new Pkcs11Outcome.Refused(CardFailure.PIN_FORMAT, "no PIN of " + typed.length);
    }
    Pkcs11Request request =
        new Pkcs11Request(module, token, certificate.hex(), pin.get(), data, lastTryConfirmed);
    try {
      return checked(ask(request), certificate, data);
    } finally {
      request.wipe();
    }
  }

  /** What was typed as the token knows it. */
  static Optional<char[]> pin(char[] typed) {
    if (typed.length == 0 || typed.length > LONGEST_PIN) {
      return Optional.empty();
    }
    char[] pin = new char[typed.length];
    for (int i = 0; i < typed.length; i++) {
      // Full-width forms stand in the order of ASCII (Unicode FF01 to FF5E).
      pin[i] = typed[i] >= '！' && typed[i] <= '～' ? (char) (typed[i] - '！' + '!') : typed[i];
      if (pin[i] < ' ' || pin[i] > '~') {
        Arrays.fill(pin, '\0');
        return Optional.empty();
      }
    }
    return Optional.of(pin);
  }

  /** The module lives in the process that answers, and may answer what it likes. */
  static Pkcs11Outcome checked(Pkcs11Outcome outcome, Fingerprint certificate, byte[] data) {
    if (outcome instanceof Pkcs11Outcome.Signed signed
        && !(Fingerprint.of(signed.certificate()).equals(certificate)
            && SignatureVerifier.verifies(
                signed.certificate().getPublicKey(), data, signed.signature()))) {
      return new Pkcs11Outcome.Refused(CardFailure.CARD_ERROR, "not a signature by that key");
    }
    return outcome;
  }

  /**
   * A module sends commands to whatever reader it finds; residents' cards must not be among them.
   */
  private Optional<Pkcs11Outcome> forbidden() {
    try (PcscContext context = PcscContext.establish()) {
      return context.readers().stream()
          .filter(reader -> roles.roleOf(reader) != ReaderRole.STAFF)
          .findFirst()
          .map(reader ->
              new Pkcs11Outcome.Refused(
                  CardFailure.READER_NOT_GRANTED, "not a staff reader: " + reader));
    } catch (CardException e) {
      // Also without the service: it may be back, with any reader, before the module looks.
      return inFile
          ? Optional.empty()
          : Optional.of(new Pkcs11Outcome.Refused(e.failure(), String.valueOf(e.getMessage())));
    }
  }

  private Pkcs11Outcome ask(Pkcs11Request request) {
    return forbidden().orElseGet(() -> askChild(request));
  }

  private Pkcs11Outcome askChild(Pkcs11Request request) {
    byte[] word = new byte[16];
    new SecureRandom().nextBytes(word);
    String marker = HexFormat.of().formatHex(word);
    Process child;
    try {
      child = start();
    } catch (IOException e) {
      return new Pkcs11Outcome.Refused(CardFailure.CARD_ERROR, "no child JVM: " + e.getMessage());
    }
    FutureTask<Optional<Pkcs11Outcome>> conversation =
        new FutureTask<>(() -> converse(child, marker, request));
    Thread thread = new Thread(conversation, "pkcs11-child");
    thread.setDaemon(true);
    thread.start();
    try {
      return conversation
          .get(limit.toMillis(), TimeUnit.MILLISECONDS)
          .orElseGet(() -> ended("the module ended its process" + exit(child)));
    } catch (TimeoutException e) {
      return new Pkcs11Outcome.Refused(CardFailure.CARD_TIMEOUT, "no answer within " + limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Pkcs11Outcome.Refused(CardFailure.CARD_TIMEOUT, "interrupted");
    } catch (ExecutionException e) {
      return ended("the module broke the pipe" + exit(child) + ": " + e.getCause());
    } finally {
      child.destroyForcibly();
    }
  }

  private static Pkcs11Outcome ended(String detail) {
    return new Pkcs11Outcome.Refused(CardFailure.CARD_ERROR, detail);
  }

  private static String exit(Process child) {
    try {
      return child.waitFor(1, TimeUnit.SECONDS) ? " (" + child.exitValue() + ")" : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static Optional<Pkcs11Outcome> converse(
      Process child, String marker, Pkcs11Request request) throws IOException {
    byte[] block = request.block(marker);
    try (OutputStream out = child.getOutputStream()) {
      out.write(block);
    } finally {
      Arrays.fill(block, (byte) 0);
    }
    return Pkcs11Answer.await(child.getInputStream(), marker, LONGEST_OUTPUT);
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xshare:auto"));
    // A dump of this process would hold the PIN.
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:+DisableAttachMechanism"));
    command.add("-XX:ErrorFile=" + nowhere());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath(), Pkcs11Child.class.getName()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    // Anybody who sets these would be in a process that knows the PIN.
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String nowhere() {
    return File.separatorChar == '\\' ? "NUL" : "/dev/null";
  }

  /** Ours, JNA's and Bouncy Castle's, wherever this process has them from: one jar when shipped. */
  private static String classPath() {
    return Stream.of(Pkcs11Child.class, Native.class, ASN1Object.class)
        .map(Pkcs11Card::location)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type.getName(), e);
    }
  }
}
