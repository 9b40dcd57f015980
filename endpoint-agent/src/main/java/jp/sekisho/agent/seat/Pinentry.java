package jp.sekisho.agent.seat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A PIN window by pinentry, the program GnuPG asks for PINs with: one process per window.
 *
 * <p>Thread-safe. Whatever goes wrong with the program is {@code PROMPT_UNAVAILABLE}. Nobody may
 * approve half a text: pinentry takes {@value Assuan#MAX_LINE} bytes of it at once, so a longer one
 * is shown page by page, each left by a button, before the window that asks for the PIN.
 */
public final class Pinentry implements PinWindow {
  /** How long the program gets beyond its own time limit. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /**
   * When a window counts as up. No pinentry says that its window is on the screen; one that cannot
   * show any (no terminal, no prompter) refuses at once.
   */
  private static final Duration UP = Duration.ofMillis(200);

  // libgpg-error's err-codes.h
  private static final int TIMEOUT = 62;
  private static final int CANCELED = 99;
  private static final int NOT_CONFIRMED = 114;
  private static final int FULLY_CANCELED = 198;
  private static final Set<Integer> CANCELLED =
      Set.of(TIMEOUT, CANCELED, NOT_CONFIRMED, FULLY_CANCELED);

  private static final System.Logger LOG = System.getLogger(Pinentry.class.getName());

  private final Supplier<Optional<PinentryProgram>> programs;
  private final Locale locale;
  private final Duration up;

  /** Guards the field below. */
  private final Object lock = new Object();

  private @Nullable Process process;

  /**
   * @param programs which one to run; asked for each window, since displays come and go
   */
  public Pinentry(Supplier<Optional<PinentryProgram>> programs, Locale locale) {
    this(programs, locale, UP);
  }

  /** With another patience for refusals. */
  Pinentry(Supplier<Optional<PinentryProgram>> programs, Locale locale, Duration up) {
    this.programs = programs;
    this.locale = locale;
    this.up = up;
  }

  @Override
  public PinOutcome ask(PinPrompt prompt, Duration atMost, BooleanSupplier wanted, Runnable shown) {
    Optional<PinentryProgram> program = programs.get();
    if (program.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "no pinentry for this session");
      return new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
    }
    Process started;
    try {
      started = start(program.get());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "pinentry cannot start: {0}", e.getMessage());
      return new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
    }
    // The program's own limit closes the window kindly; this one holds if the program hangs.
    var unused =
        started
            .onExit()
            .orTimeout(atMost.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(late -> {
              started.destroyForcibly();
              return started;
            });
    try {
      if (!wanted.getAsBoolean()) {
        return new PinOutcome.None(Refusal.PIN_CANCELLED);
      }
      PinOutcome outcome = talk(started, program.get(), prompt, atMost, shown);
      return wanted.getAsBoolean() ? outcome : withdraw(outcome);
    } catch (IOException | MalformedException e) {
      if (!wanted.getAsBoolean()) {
        return new PinOutcome.None(Refusal.PIN_CANCELLED);
      }
      LOG.log(System.Logger.Level.WARNING, "pinentry failed: {0}", e.getMessage());
      return new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
    } finally {
      started.destroyForcibly();
      synchronized (lock) {
        process = null;
      }
    }
  }

  /**
   * Shows something that the person has to confirm, and nothing to type.
   *
   * @return whether they did; false also where no window can be shown
   */
  public boolean confirm(String title, String text, String ok, String cancel, Duration atMost) {
    Optional<PinentryProgram> program = programs.get();
    if (program.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "no pinentry for this session");
      return false;
    }
    Process started = null;
    try {
      started = start(program.get());
      Process window = started;
      var unused =
          window
              .onExit()
              .orTimeout(atMost.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS)
              .exceptionally(late -> {
                window.destroyForcibly();
                return window;
              });
      Assuan assuan = new Assuan(window.getInputStream(), window.getOutputStream());
      try {
        begin(assuan, program.get());
        limit(assuan, System.nanoTime() + atMost.toNanos());
        require(assuan.command("SETTITLE", title));
        require(assuan.command("SETDESC", text));
        require(assuan.command("SETOK", ok));
        require(assuan.command("SETCANCEL", cancel));
        boolean confirmed = assuan.command("CONFIRM", "") instanceof Assuan.Reply.Ok;
        sayBye(assuan);
        return confirmed;
      } finally {
        assuan.wipe();
      }
    } catch (IOException | MalformedException e) {
      LOG.log(System.Logger.Level.WARNING, "pinentry failed: {0}", e.getMessage());
      return false;
    } finally {
      if (started != null) {
        started.destroyForcibly();
        synchronized (lock) {
          process = null;
        }
      }
    }
  }

  @Override
  public void dismiss() {
    synchronized (lock) {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  private Process start(PinentryProgram program) throws IOException {
    synchronized (lock) {
      if (process != null) {
        throw new IOException("a window is open");
      }
      process =
          new ProcessBuilder(program.program().toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process;
    }
  }

  private static PinOutcome withdraw(PinOutcome outcome) {
    return outcome.match(
        typed -> {
          typed.pin().close();
          return new PinOutcome.None(Refusal.PIN_CANCELLED);
        },
        none -> none);
  }

  private PinOutcome talk(
      Process process, PinentryProgram program, PinPrompt prompt, Duration atMost, Runnable shown)
      throws IOException, MalformedException {
    Assuan assuan = new Assuan(process.getInputStream(), process.getOutputStream());
    try {
      begin(assuan, program);
      PromptText text = PromptText.of(prompt, locale);
      long end = System.nanoTime() + atMost.toNanos();
      require(assuan.command("SETCANCEL", text.cancel()));
      for (int i = 0; i < text.pages().size(); i++) {
        limit(assuan, end);
        require(assuan.command("SETTITLE", text.pageTitles().get(i)));
        require(assuan.command("SETDESC", text.pages().get(i)));
        require(assuan.command("SETOK", text.next()));
        if (assuan.command("CONFIRM", "") instanceof Assuan.Reply.Err err) {
          return refusal(err);
        }
      }
      limit(assuan, end);
      require(assuan.command("SETTITLE", text.title()));
      require(assuan.command("SETDESC", text.description()));
      require(assuan.command("SETPROMPT", text.label()));
      require(assuan.command("SETOK", text.ok()));
      if (!text.warning().isEmpty()) {
        require(assuan.command("SETERROR", text.warning()));
      }
      Assuan.Reply reply =
          assuan.command(prompt.onKeys() ? "CONFIRM" : "GETPIN", up, process::isAlive, shown);
      PinOutcome outcome = prompt.onKeys() ? consent(reply) : outcome(reply);
      sayBye(assuan);
      return outcome;
    } finally {
      assuan.wipe();
    }
  }

  private void begin(Assuan assuan, PinentryProgram program)
      throws IOException, MalformedException {
    require(assuan.greeting());
    option(
        assuan, "lc-ctype=" + (locale.getLanguage().equals("ja") ? "ja_JP" : "en_US") + ".UTF-8");
    if (program.terminal().isPresent()) {
      option(assuan, "ttyname=" + program.terminal().get());
      option(assuan, "ttytype=" + System.getenv().getOrDefault("TERM", "linux"));
    }
  }

  /** Of the time that is left, each window gets all. */
  private static void limit(Assuan assuan, long end) throws IOException, MalformedException {
    long seconds = Duration.ofNanos(end - System.nanoTime()).plusMillis(500).toSeconds();
    require(assuan.command("SETTIMEOUT", Long.toString(Math.max(1, seconds))));
  }

  private static PinOutcome refusal(Assuan.Reply.Err err) {
    if (CANCELLED.contains(err.reason())) {
      return new PinOutcome.None(Refusal.PIN_CANCELLED);
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "pinentry shows no window: error {0}",
        Long.toString(err.code()));
    return new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
  }

  /** The window has no entry: the PIN goes from the reader's keys to the card. */
  private static PinOutcome consent(Assuan.Reply reply) {
    return reply instanceof Assuan.Reply.Err err
        ? refusal(err)
        : new PinOutcome.Typed(TypedPin.copyOf(new byte[0], 0, 0));
  }

  private static PinOutcome outcome(Assuan.Reply reply) throws MalformedException {
    if (reply instanceof Assuan.Reply.Err err) {
      return refusal(err);
    }
    byte[] data = ((Assuan.Reply.Ok) reply).data();
    if (data == null) {
      // Confirmed without typing anything.
      return new PinOutcome.Typed(TypedPin.copyOf(new byte[0], 0, 0));
    }
    try {
      if (data.length > TypedPin.MAX_BYTES) {
        throw new MalformedException("over " + TypedPin.MAX_BYTES + " bytes typed");
      }
      return new PinOutcome.Typed(TypedPin.copyOf(data, 0, data.length));
    } finally {
      Arrays.fill(data, (byte) 0);
    }
  }

  /** Ends the talk. Its answer also overwrites what the last read left outside of our arrays. */
  private static void sayBye(Assuan assuan) {
    try {
      assuan.command("BYE", "");
    } catch (IOException | MalformedException e) {
      LOG.log(System.Logger.Level.DEBUG, "pinentry did not say goodbye", e);
    }
  }

  /** Options an older pinentry does not know cost only comfort. */
  private static void option(Assuan assuan, String option) throws IOException, MalformedException {
    if (assuan.command("OPTION", option) instanceof Assuan.Reply.Err err) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "pinentry refuses {0}: {1}",
          option,
          Long.toString(err.code()));
    }
  }

  private static void require(Assuan.Reply reply) throws MalformedException {
    if (reply instanceof Assuan.Reply.Err err) {
      throw new MalformedException("pinentry error " + err.code());
    }
  }
}
