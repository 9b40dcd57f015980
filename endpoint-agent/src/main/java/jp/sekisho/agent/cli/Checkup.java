package jp.sekisho.agent.cli;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.enroll.Renewal;
import jp.sekisho.agent.seat.PinentryProgram;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;

/**
 * Looks at everything a login needs without doing any of it: readers are listed by name and
 * connected by nobody, the service is shaken hands with and asked nothing.
 */
final class Checkup {
  /** A wall clock further off makes times in the log hard to follow. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);

  private static final int OLDEST_JAVA = 17;

  /**
   * One line.
   *
   * @param check name of the check, part of its texts' keys
   * @param detail what was found
   */
  record Finding(String check, boolean ok, String detail) {}

  private final StateDirectory state;
  private final List<Finding> findings = new ArrayList<>();

  Checkup(StateDirectory state) {
    this.state = state;
  }

  List<Finding> run() {
    int java = Runtime.version().feature();
    add("java", java >= OLDEST_JAVA, Integer.toString(java));
    Optional<PinentryProgram> pinentry = PinentryProgram.choose();
    add("pinentry", pinentry.isPresent(), pinentry.map(Object::toString).orElse("-"));
    try {
      AgentSettings settings = state.settings();
      add("enrolled", true, settings.terminal());
      readers(AgentService.readerRoles(settings));
      List<X509Certificate> chain = state.certificates();
      Instant end = chain.get(0).getNotAfter().toInstant();
      boolean alive = Renewal.due(chain.get(0), Instant.now()) != Renewal.Due.TOO_LATE;
      add("certificate", alive, end.toString());
      server(settings, chain);
      clock();
    } catch (StateException | MalformedException e) {
      add("enrolled", false, String.valueOf(e.getMessage()));
      readers(ReaderRoles.none());
    }
    return List.copyOf(findings);
  }

  private void readers(ReaderRoles roles) {
    List<String> names;
    try (PcscContext context = PcscContext.establish()) {
      names = context.readers();
    } catch (CardException e) {
      add("card-service", false, String.valueOf(e.getMessage()));
      return;
    }
    add("card-service", true, Integer.toString(names.size()));
    boolean usable = false;
    for (String name : names) {
      ReaderRole role = roles.roleOf(name);
      boolean alike = role != ReaderRole.RESIDENT && roles.isConfusable(name, names);
      usable |= role != ReaderRole.RESIDENT && !alike;
      add(
          "reader",
          !alike,
          name + " = " + role.code() + (alike ? ", beside one of its model of another role" : ""));
    }
    if (!usable) {
      add("reader", false, "-");
    }
  }

  private void server(AgentSettings settings, List<X509Certificate> chain)
      throws StateException, MalformedException {
    Optional<DeviceKey> key = state.key();
    if (key.isEmpty()) {
      throw new StateException(StateException.Code.STATE_MALFORMED, "no device.key");
    }
    X509Certificate ca = StateDirectory.certificate(settings.serverCaDer());
    Optional<String> obstacle =
        ServiceClient.shakeHands(
            settings.server(), PinnedTls.context(ca, key.get(), chain), ServiceClient.TIMEOUT);
    add(
        "server",
        obstacle.isEmpty(),
        settings.server() + obstacle.map(why -> ": " + why).orElse(""));
  }

  /** The offset the running service saw at its last heartbeat. */
  private void clock() {
    Optional<RunStatus> run = RunStatus.read(state).filter(r -> r.isRunning(Instant.now()));
    if (run.isEmpty() || run.get().lastContact() == null) {
      add("clock", false, "?");
      return;
    }
    Duration offset = Duration.ofMillis(run.get().serverAheadMillis());
    add("clock", offset.abs().compareTo(CLOCK_TOLERANCE) <= 0, offset.toMillis() + " ms");
  }

  private void add(String check, boolean ok, String detail) {
    findings.add(new Finding(check, ok, detail));
  }
}
