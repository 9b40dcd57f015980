package jp.sekisho.e2e;

import java.io.IOException;
import java.net.HttpCookie;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.WireJson;

/**
 * A counter terminal with a real kernel (T-VM), enrolled in a {@link Town}: the enforcing agent, a
 * clerk's seat, and the clerk's card in the guest's own reader. The clerk's browser is curl in the
 * guest, which keeps the cookies of one person.
 */
final class Counter {
  private static final String STATE = "/var/lib/sekisho";
  private static final String SOCKET = "/run/sekisho/agent.sock";
  private static final String HOME = "/tmp/clerk";
  // The guest's processor is emulated.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final TerminalVm vm;
  private final Town town;
  private final int reader;
  private final Path card;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /** Enrols the terminal, starts its agent and waits until the clerk's seat is known. */
  Counter(TerminalVm vm, Town town, String terminal, String person) throws IOException {
    this.vm = vm;
    this.town = town;
    this.reader = vm.startCards();
    this.card = cardOf(person);
    vm.write(
        HOME + "/pinentry",
        Town.PINENTRY.replace("@FILE@", HOME + "/fingers").getBytes(StandardCharsets.UTF_8));
    vm.write(HOME + "/fingers", Town.PIN.getBytes(StandardCharsets.UTF_8));
    vm.run("chmod 755 " + HOME + "/pinentry; chown -R clerk " + HOME + "; mkdir -p " + STATE)
        .expectOk();
    String ticket = town.ticketFor(terminal);
    String enrolled =
        vm.run(
                "for n in 1 2 3 4 5 6 7 8; do /opt/sekisho/agent enroll '"
                    + ticket
                    + "' --state "
                    + STATE
                    + " --reader-role '"
                    + Cards.READER
                    + "=staff' && exit 0; done; exit 1",
                Duration.ofMinutes(3))
            .expectOk();
    town.confirm(terminal, enrolled);
    startAgent();
    seat();
  }

  /** Starts the enforcing agent and waits for it. */
  void startAgent() {
    vm.run(
            "/opt/sekisho/agent service --seats any --state "
                + STATE
                + " >/run/agent.log 2>&1 & echo $! >/run/agent.pid")
        .expectOk();
    vm.await("the agent", "grep -q 'is running' /run/agent.log");
  }

  private void seat() {
    vm.run(
            TerminalVm.CLERK
                + "env LANG=ja_JP.UTF-8 /opt/sekisho/agent session --socket "
                + SOCKET
                + " --pinentry "
                + HOME
                + "/pinentry --lock-command touch "
                + HOME
                + "/locked >/run/session.log 2>&1 &")
        .expectOk();
    awaitSeat();
  }

  /** Waits until the agent knows the clerk's seat; a seat finds an agent that started anew. */
  void awaitSeat() {
    try {
      Programs.await(
          "a seat of an active terminal",
          PATIENCE,
          () -> loopbackStatus().contains("\"state\":\"active\""));
    } catch (AssertionError e) {
      throw new AssertionError(
          "no seat\n" + vm.run("cat /run/session.log /run/agent.log; " + status()).output(), e);
    }
  }

  private String status() {
    return asClerk("curl -s -H \"Origin: " + town.people() + "\" " + Town.LOOPBACK + "/v1/status");
  }

  private static String asClerk(String line) {
    return TerminalVm.CLERK + "sh -c '" + line + "'";
  }

  /** What the agent tells the clerk's page, as JSON. */
  String loopbackStatus() {
    return vm.run(status()).output();
  }

  void insertCard() {
    Cards.control(card, "insert");
    Programs.await(
        "the agent to see the card", PATIENCE, () -> !loopbackStatus().contains("NO_CARD"));
  }

  void removeCard() {
    Cards.control(card, "remove");
  }

  /** Makes a card of somebody for this terminal's one reader, and registers it. */
  Path cardOf(String person) {
    return town.cardElsewhere(person, reader);
  }

  /** The clerk's. */
  Path card() {
    return card;
  }

  /**
   * Takes one card out and puts another one in, each once pcscd saw the step before: an agent that
   * cannot reach its service tells a page nothing of cards.
   */
  void exchange(Path out, Path in) {
    String removed = told("Card Removed From");
    Cards.control(out, "remove");
    vm.await("the empty reader", removed);
    Programs.await("its end", PATIENCE, () -> Cards.isOut(out));
    String inserted = told("Card inserted into");
    Cards.control(in, "insert");
    vm.await("the card", inserted);
  }

  /** The condition that pcscd says this once more than now. */
  private String told(String words) {
    String count = "grep -c '" + words + "' /run/pcscd.log";
    String before = vm.run(count + "; true").expectOk().strip();
    return "[ \"$(" + count + ")\" -gt " + before + " ]";
  }

  /** Runs a command of the agent's program as the clerk, in English, to its end. */
  TerminalVm.Result agent(String words) {
    return vm.run(agentLine(words), Duration.ofMinutes(4));
  }

  /**
   * Starts a command of the agent's program as the clerk, in English; {@code /run/NAME.log} gets
   * what it says, at last {@code exit CODE}, and {@code /run/NAME.pid} its process.
   */
  void beginAgent(String name, String words) {
    vm.run(
            "( sh -c 'echo $$ >/run/"
                + name
                + ".pid; exec "
                + agentLine(words)
                + "'; echo \"exit $?\" ) >/run/"
                + name
                + ".log 2>&1 &")
        .expectOk();
  }

  private static String agentLine(String words) {
    return TerminalVm.CLERK + "env LANG=C /opt/sekisho/agent " + words + " --socket " + SOCKET;
  }

  /** Writes a file of the clerk's; its path at the terminal. */
  String file(String name, byte[] content) {
    String path = HOME + "/" + name;
    vm.write(path, content);
    vm.run("chown clerk " + path).expectOk();
    return path;
  }

  /** The card button of a page: question, PIN window, answer; fails unless it succeeds. */
  void prove(String purpose) {
    String asked =
        call("POST", town.people() + "/authn/v1/transactions", "{\"purpose\":\"" + purpose + "\"}");
    String transaction = read(asked, TransactionCreated.class).transaction();
    PostedAnswer answer = answer(transaction, town.people());
    String done =
        call(
            "POST",
            town.people() + "/authn/v1/transactions/" + transaction + "/answer",
            new String(WireJson.write(answer), StandardCharsets.UTF_8));
    if (!done.contains("\"next\"")) {
      throw new AssertionError(purpose + ": " + done);
    }
  }

  /** What card and PIN at this terminal answer to the question of a page at {@code origin}. */
  PostedAnswer answer(String transaction, String origin) {
    return read(
        call(
            origin,
            "POST",
            Town.LOOPBACK + "/v1/login",
            "{\"transaction\":\"" + transaction + "\"}"),
        PostedAnswer.class);
  }

  /** Calls the service with the clerk's cookies and reads its answer. */
  <T> T call(String method, String path, Object body, Class<T> type) {
    String text = new String(WireJson.write(body), StandardCharsets.UTF_8);
    return read(call(method, town.people() + path, text), type);
  }

  /** The refusal's code that a call gets. */
  String refusal(String method, String path, Object body) {
    return call(method, path, body, RefusalBody.class).refusal().name();
  }

  /** The state of the clerk's session, as JSON. */
  String session() {
    return call("GET", town.people() + "/api/v1/session", "");
  }

  private String call(String method, String url, String body) {
    return call(town.people(), method, url, body);
  }

  private String call(String origin, String method, String url, String body) {
    StringBuilder jar = new StringBuilder();
    cookies.forEach((name, value) -> jar.append(name).append('=').append(value).append("; "));
    vm.write(HOME + "/cookies", ("Cookie: " + jar).getBytes(StandardCharsets.UTF_8));
    vm.write(HOME + "/body", body.getBytes(StandardCharsets.UTF_8));
    // The service's localhost is 10.0.2.2 here; a browser on a real terminal sees its real name.
    String answer =
        vm.run(
                TerminalVm.CLERK
                    + "curl -s -i -m 100 --connect-to localhost:"
                    + URI.create(town.people()).getPort()
                    + ":10.0.2.2: -X "
                    + method
                    + " -H 'Content-Type: application/json' -H 'Origin: "
                    + origin
                    + "' -H @"
                    + HOME
                    + "/cookies "
                    + (body.isEmpty() ? "" : "--data-binary @" + HOME + "/body ")
                    + url,
                Duration.ofMinutes(2))
            .expectOk();
    int end = answer.indexOf("\r\n\r\n");
    for (String line : answer.substring(0, end).split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "set-cookie:", 0, 11)) {
        HttpCookie cookie = HttpCookie.parse(line).get(0);
        cookies.put(cookie.getName(), cookie.getValue());
      }
    }
    return answer.substring(end + 4);
  }

  private static <T> T read(String text, Class<T> type) {
    try {
      return WireJson.read(text.getBytes(StandardCharsets.UTF_8), type);
    } catch (MalformedException e) {
      throw new AssertionError(text, e);
    }
  }

  /** What is mounted from media, one line each. */
  String mounted() {
    return vm.run("grep /run/sekisho/media /proc/self/mountinfo; true").expectOk();
  }

  /** Kills the agent as a crash would. */
  void killAgent() {
    vm.run("kill -9 $(cat /run/agent.pid)").expectOk();
  }
}
