package jp.sekisho.agent.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Notices;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;

/**
 * Says on the person's screen why a paste was refused: what happened, why, what to do, whom to
 * call. Once in {@link #QUIET} for the same programs and reason, for a program asks again and
 * again.
 */
final class ClipboardNotices implements Notices {
  static final Duration QUIET = Duration.ofSeconds(30);

  private static final Path NOTIFY = Path.of("/usr/bin/notify-send");
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final int MOST = 100;
  private static final System.Logger LOG = System.getLogger(ClipboardNotices.class.getName());

  private final Texts texts;
  private final Locale locale;
  private final LongSupplier nanos;
  private final BiConsumer<String, String> show;
  private final Map<String, Long> shown = new HashMap<>();

  /**
   * @param nanos a clock that only goes forward
   * @param show shows a title and a text; returns at once
   */
  ClipboardNotices(Locale locale, LongSupplier nanos, BiConsumer<String, String> show) {
    this.texts = Texts.of(locale);
    this.locale = locale;
    this.nanos = nanos;
    this.show = show;
  }

  /** By the desktop's notifications where there are any, else in a window. */
  static ClipboardNotices onScreen(Locale locale, Pinentry window) {
    ExecutorService one =
        Executors.newSingleThreadExecutor(task -> {
          Thread thread = new Thread(task, "notices");
          thread.setDaemon(true);
          return thread;
        });
    String ok = Texts.of(locale).text("clipboard.notice.ok");
    return new ClipboardNotices(
        locale,
        System::nanoTime,
        (title, text) ->
            one.execute(() -> {
              if (!notify(title, text)) {
                var unused = window.confirm(title, text, ok, ok, WINDOW);
              }
            }));
  }

  private static boolean notify(String title, String text) {
    if (!Files.isExecutable(NOTIFY)) {
      return false;
    }
    try {
      return new ProcessBuilder(List.of(NOTIFY.toString(), "--app-name=Sekisho", title, text))
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no notification", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void tell(Crossing crossing, Answer answer) {
    Refusal refusal = answer.refusal();
    String about = crossing.from() + "\n" + crossing.to() + "\n" + refusal;
    synchronized (this) {
      long now = nanos.getAsLong();
      shown.values().removeIf(since -> now - since >= QUIET.toNanos());
      if (shown.size() >= MOST || shown.putIfAbsent(about, now) != null) {
        return;
      }
    }
    Reason reason = answer.why();
    boolean english = locale.getLanguage().equals("en");
    String why = reason == null ? "" : english ? reason.en() : reason.ja();
    String programs =
        texts.text("clipboard.notice.programs", named(crossing.from()), named(crossing.to()));
    if (refusal == null) {
      show.accept(
          texts.text("clipboard.notice.warned.title"),
          texts.text("clipboard.notice.warned", programs, why));
      return;
    }
    RefusalText text =
        RefusalText.of(
            refusal, locale, answer.help().isEmpty() ? Map.of() : Map.of("help", answer.help()));
    show.accept(
        text.what(),
        programs
            + "\n"
            + text.why()
            + (why.isEmpty() ? "" : " " + why)
            + "\n"
            + text.action()
            + "\n"
            + text.contact());
  }

  private String named(String program) {
    return program.isEmpty() ? texts.text("clipboard.notice.unknown") : program;
  }
}
