package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import jp.sekisho.agent.ipc.SeatServer;
import jp.sekisho.agent.ipc.SeatTimes;
import jp.sekisho.agent.ipc.Waiting;
import jp.sekisho.agent.loopback.LoginResult;
import jp.sekisho.agent.loopback.LoopbackCalls;
import jp.sekisho.agent.loopback.LoopbackServer;
import jp.sekisho.agent.loopback.VouchResult;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.platform.linux.ProcNetTcp;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs of another user, by the kernel's own word. Needs root, to become that user. */
class ForeignUserIT {
  private static final int NOBODY = 65534;
  private static final String ORIGIN = "https://auth.city.example";

  private static final class Calls implements LoopbackCalls {
    private final List<Refusal> refused = new CopyOnWriteArrayList<>();

    @Override
    public LoginResult login(Seat seat, String origin, LoopbackLogin request, Locale locale) {
      return new LoginResult.Refused(Refusal.NO_CARD, null, null);
    }

    @Override
    public VouchResult vouch(Seat seat, String origin, LoopbackLogin request) {
      return new VouchResult.Refused(Refusal.TOO_MANY);
    }

    @Override
    public LoopbackStatus status(Seat seat, Locale locale) {
      return new LoopbackStatus("T-0042", "active", null, "seat of " + seat.uid(), null);
    }

    @Override
    public void refused(Refusal reason) {
      refused.add(reason);
    }
  }

  private final Seats seats = new Seats();
  private final Calls calls = new Calls();
  private Path directory = Path.of("");
  private SeatServer server;
  private LoopbackServer loopback;

  @BeforeEach
  void open() throws IOException {
    assertEquals(
        0, new PeerCredentials().own(), "run this test as root: it starts a program as nobody");
    assertTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "install util-linux");
    assertTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "install perl-base");
    directory = Files.createTempDirectory("sekisho-seat");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    server =
        SeatServer.open(
            directory.resolve("agent.sock"),
            new PeerCredentials(),
            SeatServer.Door.OPEN,
            seats,
            SeatTimes.PROTOCOL);
    loopback =
        new LoopbackServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new ProcNetTcp(),
            seats,
            calls,
            () -> List.of(ORIGIN),
            () -> "—",
            InstantSource.system());
  }

  @AfterEach
  void close() throws IOException {
    loopback.close();
    server.close();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private static Process as(int uid, String script, String... arguments) throws IOException {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "/usr/bin/setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "/usr/bin/perl",
                "-e",
                script));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Connects, says HELLO and answers nothing until its input ends. */
  private Process session(int uid) throws IOException {
    return as(
        uid,
        """
        use IO::Socket::UNIX;
        my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
        my $j = '{"version":2,"language":"ja"}';
        syswrite($s, pack('CN', 1, length $j) . $j);
        <STDIN>;
        """,
        directory.resolve("agent.sock").toString());
  }

  private String status(int uid) throws Exception {
    Process client =
        as(
            uid,
            """
            use IO::Socket::INET;
            my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ARGV[0])
              or die "connect: $!";
            syswrite($s, "GET /v1/status HTTP/1.1\\r\\nHost: 127.0.0.1:$ARGV[0]\\r\\n"
              . "Origin: $ARGV[1]\\r\\nConnection: close\\r\\n\\r\\n");
            print while <$s>;
            """,
            Integer.toString(loopback.address().getPort()),
            ORIGIN);
    String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, client.waitFor());
    return answer;
  }

  @Test
  void processIsTheSeatOfItsOwnUserAndOpensThePortForThatUserOnly() throws Exception {
    Process session = session(NOBODY);
    try {
      Waiting.until("the seat of nobody", () -> seats.ofUid(NOBODY).isPresent());
      assertTrue(seats.ofUid(0).isEmpty());
      assertTrue(status(NOBODY).contains("seat of " + NOBODY));
      assertEquals(List.of(), calls.refused);
      assertTrue(status(0).contains("PEER_FOREIGN"));
      assertEquals(List.of(Refusal.PEER_FOREIGN), calls.refused);
    } finally {
      session.getOutputStream().close();
      session.waitFor();
    }
    Waiting.until("the loss", () -> seats.all().isEmpty());
    assertTrue(status(NOBODY).contains("PEER_FOREIGN"));
  }

  @Test
  void uidWithoutANameHasASeatToo() throws Exception {
    int nameless = 1999999;
    Process session = session(nameless);
    try {
      Waiting.until("the seat", () -> seats.ofUid(nameless).isPresent());
      assertTrue(status(nameless).contains("seat of " + nameless));
    } finally {
      session.getOutputStream().close();
      session.waitFor();
    }
  }

  @Test
  void directoryOfAnotherUserIsRefused() throws Exception {
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    Files.setAttribute(foreign, "unix:uid", NOBODY);
    IOException e =
        org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class,
            () ->
                SeatServer.open(
                    foreign.resolve("agent.sock"),
                    new PeerCredentials(),
                    SeatServer.Door.OPEN,
                    seats,
                    SeatTimes.PROTOCOL));
    assertEquals(foreign + " is not owned by the service's user", e.getMessage());
  }
}
