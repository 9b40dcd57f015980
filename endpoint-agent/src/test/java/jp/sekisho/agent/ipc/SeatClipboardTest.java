package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.ClipboardGuard;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.platform.linux.PeerCredentials;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes between service and session process about the clipboard, over a real socket. */
class SeatClipboardTest {
  private static final Crossing CROSSING =
      new Crossing(
          Board.PRIMARY,
          "juki",
          "",
          List.of(CopyFormat.RICH_TEXT, CopyFormat.TEXT),
          1_234,
          true,
          Score.LOW);
  private static final Answer ANSWER =
      new Answer(Refusal.CLIPBOARD_NUMBER, new Reason("出しません。", "It stays."), false, "内線 1234");

  @TempDir Path directory;

  private final PeerCredentials peers = new PeerCredentials();
  private final Seats seats = new Seats();
  private final List<Hold> standings = new CopyOnWriteArrayList<>();
  private final List<Crossing> asked = new CopyOnWriteArrayList<>();
  private final List<Duration> lost = new CopyOnWriteArrayList<>();
  private final List<Treatment> treated = new CopyOnWriteArrayList<>();
  private final AtomicReference<Treatment> treatment =
      new AtomicReference<>(new Treatment(ClipboardMode.GUARD, true, Set.of("juki", "zei")));
  private final AtomicReference<ClipboardGuard.@Nullable Service> service = new AtomicReference<>();
  private SeatServer server;
  private @Nullable SessionProcess session;

  private final ClipboardCalls calls =
      new ClipboardCalls() {
        @Override
        public Treatment treatment(int uid) {
          return treatment.get();
        }

        @Override
        public void standing(int uid, Hold hold) {
          standings.add(hold);
        }

        @Override
        public void lost(int uid, Duration silence) {
          lost.add(silence);
        }

        @Override
        public Answer decide(int uid, Crossing crossing) {
          asked.add(crossing);
          return ANSWER;
        }

        @Override
        public Used use(int uid, String grant, UseTalk talk) {
          talk.open(30, 4_096);
          return new Used(null, "deadline", 2, 100);
        }
      };

  private final Screen screen =
      new Screen.With(to -> {
        service.set(to);
        return new ClipboardGuard() {
          @Override
          public void treat(Treatment next) {
            treated.add(next);
            to.standing(Hold.YES);
          }

          @Override
          public void close() {
            treated.add(Treatment.NONE);
          }
        };
      });

  @BeforeEach
  void open() throws Exception {
    server =
        SeatServer.open(
            directory.resolve("agent.sock"),
            peers,
            SeatServer.Door.OPEN,
            seats,
            SeatTimes.PROTOCOL,
            new SeatServer.Calls(
                EmergencyCalls.NONE,
                OfflineCalls.NONE,
                ExportCalls.NONE,
                ImportCalls.NONE,
                calls,
                () -> "内線"));
  }

  private Thread begin(Screen on) {
    SessionProcess process =
        new SessionProcess(
            directory.resolve("agent.sock"),
            peers,
            Locale.JAPANESE,
            new Pinentry(Optional::empty, Locale.JAPANESE),
            () -> {},
            on);
    session = process;
    Thread thread =
        new Thread(() -> {
          try {
            process.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    thread.start();
    return thread;
  }

  @AfterEach
  void close() throws Exception {
    if (session != null) {
      session.close();
    }
    server.close();
  }

  @Test
  @DisplayName(
      "what to do comes with the seat and at each change; how it stands and each question come back")
  void talk() throws Exception {
    Thread running = begin(screen);
    Waiting.until("the treatment", () -> treated.contains(treatment.get()));
    Waiting.until("the standing", () -> standings.contains(Hold.YES));
    ClipboardGuard.Service to = Objects.requireNonNull(service.get());
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    to.ask(CROSSING, answer::complete);
    assertEquals(ANSWER, answer.get(20, TimeUnit.SECONDS));
    assertEquals(List.of(CROSSING), asked);

    treatment.set(new Treatment(ClipboardMode.BLOCK, false, Set.of()));
    server.treatAll();
    Waiting.until("the other one", () -> treated.contains(treatment.get()));
    to.standing(Hold.CONTENDED);
    Waiting.until("the fault", () -> standings.contains(Hold.CONTENDED));

    // Without a service nothing crosses, and what was said last goes on.
    server.close();
    CompletableFuture<Answer> none = new CompletableFuture<>();
    Waiting.until(
        "refused without a service",
        () -> {
          CompletableFuture<Answer> next = new CompletableFuture<>();
          to.ask(CROSSING, next::complete);
          return next.isDone() && next.join().equals(Answer.NONE);
        });
    none.complete(Answer.NONE);
    Objects.requireNonNull(session).close();
    running.join();
    assertEquals(Treatment.NONE, treated.get(treated.size() - 1), "the guard was closed");
  }

  @Test
  @DisplayName("a session process that ends is lost once, with the time it was silent")
  void gone() throws Exception {
    Thread running = begin(screen);
    Waiting.until("the standing", () -> standings.contains(Hold.YES));
    Objects.requireNonNull(session).close();
    running.join();
    Waiting.until("the loss", () -> !lost.isEmpty());
    assertEquals(1, lost.size());
  }

  @Test
  @DisplayName(
      "a screen that cannot be held says why, one without anything to hold nothing is wrong with")
  void without() {
    begin(new Screen.Without(Hold.WAYLAND));
    Waiting.until("the fault", () -> standings.contains(Hold.WAYLAND));
    treatment.set(Treatment.NONE);
    server.treatAll();
    Waiting.until("nothing to hold", () -> standings.contains(Hold.YES));
  }

  @Test
  @DisplayName("who asks to use a grant hears when it is open and what came of it")
  void use() throws Exception {
    List<Long> opened = new ArrayList<>();
    ClipboardCall.Told told =
        ClipboardCall.ask(
            directory.resolve("agent.sock"),
            peers,
            "AAAAAAAAAAAAAAAAAAAAAA",
            (minutes, bytes) -> opened.addAll(List.of((long) minutes, bytes)));
    assertEquals(List.of(30L, 4_096L), opened);
    assertEquals(new ClipboardCall.Told(null, "deadline", 2, 100, "内線"), told);
  }

  @Test
  @DisplayName("words, programs and numbers that are none are refused")
  void malformed() {
    assertThrows(
        MalformedException.class, () -> new Messages.Clipboard("open", true, List.of()).check());
    assertThrows(MalformedException.class, () -> new Messages.ClipboardStanding("x y").check());
    for (Messages.CrossingAsked bad :
        List.of(
            asked("somewhere", "juki", 1),
            asked("clipboard", "../juki", 1),
            asked("clipboard", "juki", -1))) {
      assertThrows(MalformedException.class, bad::check);
    }
  }

  private static Messages.CrossingAsked asked(String board, String from, long bytes) {
    return new Messages.CrossingAsked(1, board, from, "", List.of("text"), bytes, true, null);
  }
}
