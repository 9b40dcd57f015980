package jp.sekisho.agent.seat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.ipc.Waiting;
import jp.sekisho.agent.testing.VirtualScreen;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pinentry programs people really have, and keys really pressed. */
@Tag("browser")
class RealPinentryIT {
  private static final PinPrompt PROMPT = new PinPrompt("職員用リーダー", 1, "login", null);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void cursesWithoutATerminalIsUnavailable() {
    VirtualScreen.need("/usr/bin/pinentry-curses", "pinentry-curses");
    Pinentry pinentry =
        new Pinentry(
            () ->
                Optional.of(
                    new PinentryProgram(Path.of("/usr/bin/pinentry-curses"), Optional.empty())),
            Locale.JAPANESE);
    assertEquals(
        new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE),
        pinentry.ask(PROMPT, LONG, () -> true, () -> {}));
  }

  /** A display of its own, with a pinentry that draws on it. */
  private record Screen(VirtualScreen server, String display, Pinentry pinentry)
      implements AutoCloseable {
    static Screen in(Path directory) throws IOException {
      VirtualScreen.need("/usr/bin/xdotool", "xdotool");
      VirtualScreen.need("/usr/bin/pinentry-gtk-2", "pinentry-gtk2");
      VirtualScreen server = VirtualScreen.open();
      String display = server.display();
      Path program =
          Files.writeString(
              directory.resolve("pinentry"),
              "#!/bin/sh\nunset WAYLAND_DISPLAY\nexport DISPLAY="
                  + display
                  + "\nexec /usr/bin/pinentry-gtk-2\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      return new Screen(
          server,
          display,
          new Pinentry(
              () -> Optional.of(new PinentryProgram(program, Optional.empty())), Locale.ENGLISH));
    }

    boolean xdotool(String... arguments) {
      return output(arguments).isPresent();
    }

    /** What xdotool said; empty when it failed. */
    private Optional<String> output(String... arguments) {
      try {
        List<String> command = new ArrayList<>(List.of("/usr/bin/xdotool"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DISPLAY", display);
        Process process = builder.start();
        String said =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
      } catch (IOException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    void awaitWindow() {
      awaitWindow("Staff card PIN");
    }

    /**
     * Gives the window the focus and waits until it has it. Asked anew each time, for a window that
     * is still being placed may lose it again, and "windowfocus --sync" then waits 15 s in vain.
     */
    void awaitWindow(String title) {
      Waiting.until(
          title + " with the focus",
          () ->
              xdotool("search", "--onlyvisible", "--name", "^" + title + "$", "windowfocus")
                  && output("getwindowfocus", "getwindowname").equals(Optional.of(title)));
    }

    /** Ends the display, and waits for it: its number is free for the next one only then. */
    @Override
    public void close() {
      server.close();
    }
  }

  @Test
  void pinTypedIntoTheWindowIsReturned() throws Exception {
    AtomicInteger shown = new AtomicInteger();
    try (Screen screen = Screen.in(directory)) {
      CompletableFuture<PinOutcome> outcome =
          CompletableFuture.supplyAsync(
              () -> screen.pinentry().ask(PROMPT, LONG, () -> true, shown::incrementAndGet));
      screen.awaitWindow();
      Waiting.until("the word that it is up", () -> shown.get() == 1);
      assertTrue(screen.xdotool("type", "--delay", "40", "246810"));
      assertTrue(screen.xdotool("key", "Return"));
      assertEquals(
          "246810",
          outcome
              .get()
              .<String>match(
                  typed -> new String(typed.pin().bytes(), StandardCharsets.UTF_8),
                  none -> "none: " + none.reason()));
    }
  }

  @Test
  void longestApprovedTextIsPagedAndTheLastWindowTakesThePin() throws Exception {
    try (Screen screen = Screen.in(directory)) {
      PinPrompt prompt = new PinPrompt("Reader 00", 3, "approve", PinentryTest.longestText());
      CompletableFuture<PinOutcome> outcome =
          CompletableFuture.supplyAsync(
              () -> screen.pinentry().ask(prompt, LONG, () -> true, () -> {}));
      for (int page = 1; page <= 5; page++) {
        screen.awaitWindow("What is approved " + page + "/5");
        // Cancel has the focus first.
        assertTrue(screen.xdotool("key", "Tab", "Return"));
      }
      screen.awaitWindow();
      assertTrue(screen.xdotool("type", "--delay", "40", "246810"));
      assertTrue(screen.xdotool("key", "Return"));
      assertEquals(
          "246810",
          outcome
              .get()
              .<String>match(
                  typed -> new String(typed.pin().bytes(), StandardCharsets.UTF_8),
                  none -> "none: " + none.reason()));
    }
  }

  @Test
  void escapeCancels() throws Exception {
    try (Screen screen = Screen.in(directory)) {
      CompletableFuture<PinOutcome> outcome =
          CompletableFuture.supplyAsync(
              () -> screen.pinentry().ask(PROMPT, LONG, () -> true, () -> {}));
      screen.awaitWindow();
      assertTrue(screen.xdotool("key", "Escape"));
      assertEquals(new PinOutcome.None(Refusal.PIN_CANCELLED), outcome.get());
    }
  }

  @Test
  void windowClosesWhenItsTimeIsUpOrTheServiceSaysSo() throws Exception {
    try (Screen screen = Screen.in(directory)) {
      assertEquals(
          new PinOutcome.None(Refusal.PIN_CANCELLED),
          screen.pinentry().ask(PROMPT, Duration.ofSeconds(1), () -> true, () -> {}));
    }
    // A display of its own: without a window manager the focus of the closed window is nobody's.
    try (Screen screen = Screen.in(directory)) {
      AtomicBoolean wanted = new AtomicBoolean(true);
      CompletableFuture<PinOutcome> outcome =
          CompletableFuture.supplyAsync(
              () -> screen.pinentry().ask(PROMPT, LONG, wanted::get, () -> {}));
      screen.awaitWindow();
      wanted.set(false);
      screen.pinentry().dismiss();
      assertEquals(new PinOutcome.None(Refusal.PIN_CANCELLED), outcome.get());
    }
  }
}
