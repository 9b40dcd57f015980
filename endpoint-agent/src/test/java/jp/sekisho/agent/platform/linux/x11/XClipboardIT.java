package jp.sekisho.agent.platform.linux.x11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.ClipboardGuard;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Notices;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.platform.linux.ProgramNames;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.VirtualScreen;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.Score;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A real display with real programs: xclip is a business program, xsel is not. What is told of a
 * display here is seen from outside, by a client of its own.
 */
@Tag("browser")
@SuppressWarnings("NullAway.Init") // Each test begins with guard().
class XClipboardIT {
  private static final Treatment GUARD = new Treatment(ClipboardMode.GUARD, true, Set.of("xclip"));
  private static final Treatment BLOCK = new Treatment(ClipboardMode.BLOCK, false, Set.of());
  private static final Answer NO = new Answer(Refusal.CLIPBOARD_BOUNDARY, null, false, "");

  private static VirtualScreen screen;
  private static jp.sekisho.agent.platform.linux.x11.DisplayName name;

  private final List<Hold> holds = new CopyOnWriteArrayList<>();
  private final List<Crossing> asked = new CopyOnWriteArrayList<>();
  private final List<Answer> told = new CopyOnWriteArrayList<>();
  private final List<Process> programs = new ArrayList<>();
  private Function<Crossing, @Nullable Answer> service = crossing -> NO;

  /** Programs of the tests are waited for long: the machine may have other work. */
  private Times times =
      new Times(
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          Duration.ofSeconds(30));

  private XClipboard guard;
  private XConnection outside;
  private XCalls calls;

  @BeforeAll
  static void display() throws IOException {
    VirtualScreen.need("/usr/bin/xclip", "xclip");
    VirtualScreen.need("/usr/bin/xsel", "xsel");
    screen = VirtualScreen.open();
    name = new jp.sekisho.agent.platform.linux.x11.DisplayName(screen.number(), null);
  }

  @AfterAll
  static void noDisplay() {
    screen.close();
  }

  private void guard(Treatment treatment) throws IOException {
    outside = XConnection.open(name);
    calls = new XCalls(outside);
    assertTrue(calls.hasExtensions());
    ClipboardGuard.Service seat =
        new ClipboardGuard.Service() {
          @Override
          public void standing(Hold hold) {
            holds.add(hold);
          }

          @Override
          public void ask(Crossing crossing, Consumer<Answer> then) {
            asked.add(crossing);
            Answer answer = service.apply(crossing);
            if (answer != null) {
              then.accept(answer);
            }
          }
        };
    Notices notices = (crossing, answer) -> told.add(answer);
    guard = new XClipboard(name, times, seat, notices, new ProgramNames()::of);
    guard.treat(treatment);
    Await.until("the clipboard is held", () -> holds.contains(Hold.YES));
  }

  @AfterEach
  void end() throws Exception {
    guard.close();
    outside.close();
    for (Process each : programs) {
      each.destroyForcibly().waitFor();
    }
  }

  private Process start(byte[] input, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DISPLAY", screen.display());
    Process process = builder.start();
    programs.add(process);
    try (OutputStream to = process.getOutputStream()) {
      to.write(input);
    }
    return process;
  }

  /** Copies in a program; it ends by itself once the clipboard is taken over from it. */
  private void copy(Board board, byte[] content, String... type) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/xclip", "-quiet", "-i", "-selection", board.text()));
    command.addAll(List.of(type));
    assertTrue(
        start(content, command.toArray(String[]::new))
            .waitFor(20, java.util.concurrent.TimeUnit.SECONDS),
        "taken over");
  }

  private void copy(String text) throws Exception {
    copy(Board.CLIPBOARD, text.getBytes(StandardCharsets.UTF_8), "-t", "UTF8_STRING");
  }

  private byte[] output(String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DISPLAY", screen.display());
    Process process = builder.start();
    programs.add(process);
    process.getOutputStream().close();
    byte[] got = process.getInputStream().readAllBytes();
    process.waitFor();
    return got;
  }

  /** Pastes into a business program. */
  private byte[] listed(Board board, String type) throws Exception {
    return output("/usr/bin/xclip", "-o", "-selection", board.text(), "-t", type);
  }

  /** Pastes into a program that is none. */
  private String unlisted() throws Exception {
    return new String(output("/usr/bin/xsel", "-b", "-o"), StandardCharsets.UTF_8);
  }

  private int owner() throws IOException {
    return calls.owner(calls.atom("CLIPBOARD"));
  }

  @Test
  @DisplayName(
      "between listed programs a paste is free, in every form that was copied, asked of nobody")
  void betweenListed() throws Exception {
    guard(GUARD);
    copy("住民票 123456789018");
    assertEquals(
        "住民票 123456789018",
        new String(listed(Board.CLIPBOARD, "UTF8_STRING"), StandardCharsets.UTF_8));
    byte[] picture = new byte[70_001];
    new Random(1).nextBytes(picture);
    copy(Board.CLIPBOARD, picture, "-t", "image/png");
    assertArrayEquals(picture, listed(Board.CLIPBOARD, "image/png"));
    String forms = new String(listed(Board.CLIPBOARD, "TARGETS"), StandardCharsets.UTF_8);
    assertTrue(Arrays.asList(forms.split("\n")).contains("image/png"), forms);
    assertEquals(List.of(), asked);
  }

  @Test
  @DisplayName("R15: over a boundary a 個人番号 is seen as such, and what is refused is not pasted")
  void overABoundary() throws Exception {
    guard(GUARD);
    copy("個人番号 １２３４－５６７８－９０１８");
    assertEquals("", unlisted());
    Crossing first = asked.get(0);
    assertEquals("xclip", first.from());
    assertEquals("xsel", first.to());
    assertEquals(List.of(CopyFormat.TEXT), first.formats());
    assertEquals(Score.HIGH, first.number());
    assertTrue(first.searched());
    assertEquals("個人番号 １２３４－５６７８－９０１８".getBytes(StandardCharsets.UTF_8).length, first.bytes());
    Await.until("the notice", () -> told.contains(NO));

    asked.clear();
    copy("法人番号 8040001079502");
    service = crossing -> Answer.yes();
    assertEquals("法人番号 8040001079502", unlisted());
    assertEquals(null, asked.get(0).number());

    // Into the program that was refused nothing came meanwhile, and business goes on.
    assertEquals(
        "法人番号 8040001079502",
        new String(listed(Board.CLIPBOARD, "UTF8_STRING"), StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("what nobody decides is refused in time")
  void undecided() throws Exception {
    guard(GUARD);
    service = crossing -> null;
    copy("写し");
    assertEquals("", unlisted());
    Await.until("the notice", () -> told.contains(Answer.NONE));
  }

  @Test
  @DisplayName(
      "several MiB come over and are served in pieces; a program that takes none is given up")
  void inPieces() throws Exception {
    guard(GUARD);
    byte[] text = new byte[5 << 20];
    Arrays.fill(text, (byte) 'a');
    for (int i = 0; i < text.length; i += 80) {
      text[i] = '\n';
    }
    copy(Board.CLIPBOARD, text, "-t", "UTF8_STRING");
    service = crossing -> Answer.yes();
    int window = calls.window();
    // It asks, and takes no piece.
    calls.convert(window, calls.atom("CLIPBOARD"), calls.atom("UTF8_STRING"), calls.atom("X"), 0);
    Await.until("the question", () -> asked.size() == 1);
    assertEquals(new ProgramNames().of(ProcessHandle.current().pid()), asked.get(0).to());
    assertFalse(asked.get(0).searched(), "too long to be searched");
    assertArrayEquals(text, listed(Board.CLIPBOARD, "UTF8_STRING"));
    assertEquals(text.length, output("/usr/bin/xsel", "-b", "-o").length);
  }

  @Test
  @DisplayName("a program that copied and hangs loses the clipboard, and nothing is pasted")
  void hangingOwner() throws Exception {
    times =
        new Times(
            Duration.ofSeconds(1), Duration.ofSeconds(60), times.undecided(), times.untaken());
    guard(GUARD);
    int mine = calls.window();
    assertTrue(calls.own(mine, calls.atom("CLIPBOARD"), 0));
    Await.until(
        "taken from it",
        () -> {
          try {
            return owner() != mine;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(0, listed(Board.CLIPBOARD, "UTF8_STRING").length);
    copy("その次");
    assertEquals("その次", new String(listed(Board.CLIPBOARD, "UTF8_STRING"), StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName(
      "block empties what was copied, also between listed programs, and tells who wanted it")
  void block() throws Exception {
    guard(BLOCK);
    copy("写し");
    assertEquals(0, listed(Board.CLIPBOARD, "UTF8_STRING").length);
    assertEquals("", unlisted());
    assertEquals(Set.of("xclip", "xsel"), Set.copyOf(asked.stream().map(Crossing::to).toList()));
    assertEquals("xclip", asked.get(0).from());
    assertEquals(0, asked.get(0).bytes());

    // Under a grant contents are kept, and each paste is asked about.
    guard.treat(new Treatment(ClipboardMode.BLOCK, true, Set.of()));
    service = crossing -> Answer.yes();
    copy("許可の下で");
    assertEquals("許可の下で", unlisted());
    guard.treat(BLOCK);
    Await.until(
        "emptied again",
        () -> {
          try {
            return unlisted().isEmpty();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  @DisplayName("PRIMARY is held as well, once the pointer left the program that has it")
  void primary() throws Exception {
    guard(GUARD);
    copy(Board.PRIMARY, "印".getBytes(StandardCharsets.UTF_8), "-t", "UTF8_STRING");
    assertEquals("印", new String(listed(Board.PRIMARY, "UTF8_STRING"), StandardCharsets.UTF_8));
    assertEquals(0, output("/usr/bin/xsel", "-p", "-o").length);
    assertEquals(Board.PRIMARY, asked.get(0).board());

    // A program with a window under the pointer keeps its mark.
    guard.treat(BLOCK);
    listed(Board.PRIMARY, "UTF8_STRING");
    int mine = calls.window();
    int wide = wideWindow();
    int primary = calls.atom("PRIMARY");
    assertTrue(calls.own(mine, primary, 0));
    assertTrue(calls.isInUse(mine));
    long end = System.nanoTime() + Side.LOOK.multipliedBy(4).toNanos();
    while (System.nanoTime() < end) {
      assertEquals(mine, calls.owner(primary));
    }
    outside.request(10, 0).putInt(wide);
    outside.end();
    Await.until(
        "taken over once the pointer is elsewhere",
        () -> {
          try {
            return calls.owner(primary) != mine;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A window over the whole screen, and so under the pointer. */
  private int wideWindow() throws IOException {
    int id = outside.newId();
    outside
        .request(1, 0)
        .putInt(id)
        .putInt(outside.root())
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 800)
        .putShort((short) 600)
        .putShort((short) 0)
        .putShort((short) 2)
        .putInt(0)
        .putInt(0);
    outside.end();
    outside.request(8, 0).putInt(id);
    outside.end();
    return id;
  }

  @Test
  @DisplayName("when the guard ends nothing is left to paste")
  void ends() throws Exception {
    guard(GUARD);
    copy("写し");
    guard.close();
    Await.until(
        "empty",
        () -> {
          try {
            return owner() == XCalls.NONE;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(0, listed(Board.CLIPBOARD, "UTF8_STRING").length);
  }

  @Test
  @DisplayName("how long what was copied stands open is measured")
  void window() throws Exception {
    guard(GUARD);
    int watching = calls.window();
    calls.watchOwners(watching, calls.atom("CLIPBOARD"));
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      copy("写し " + i);
      int from = 0;
      while (open.size() <= i) {
        try (Packet event = outside.event(Duration.ofSeconds(5))) {
          if (event == null || !calls.isOwnerChange(event) || event.u32(8) == XCalls.NONE) {
            continue;
          }
          if (from == 0) {
            from = event.u32(16);
          } else {
            open.add(event.u32(16) - from);
          }
        }
      }
    }
    open.sort(null);
    System.out.printf(
        "clipboard open, milliseconds of the display's clock, n=30: median %d, most %d%n",
        open.get(15), open.get(29));
    assertTrue(open.get(0) >= 0, open.toString());
  }
}
