package jp.sekisho.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.LogIntegrityException;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.storage.Act;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The options every console command has, and the frame it runs in: opens the data directory without
 * starting the service, publishes the entries it made (itself, or through the running service),
 * turns failures into texts and exit codes.
 */
public final class Console {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = {"データディレクトリー", "Data directory."})
  @SuppressWarnings("NullAway.Init") // required
  private Path data;

  @Option(
      names = "--lang",
      paramLabel = "ja|en",
      description = {"表示言語（既定は環境による）", "Language of messages; by default the environment's."})
  private @Nullable String lang;

  @Option(
      names = "--json",
      description = {"標準出力に JSON だけを書く", "Write JSON only to standard output."})
  private boolean json;

  /** What a command does with the opened installation; returns its exit code. */
  @FunctionalInterface
  public interface Action {
    int run(Installation installation) throws Exception;
  }

  /** The data directory, opened or not. */
  public DataDirectory directory() {
    return new DataDirectory(data);
  }

  /** Japanese or English. */
  public Locale locale() {
    return Texts.locale(lang, System.getenv());
  }

  /** Whether standard output carries JSON only. */
  public boolean json() {
    return json;
  }

  /** Standard output, UTF-8. */
  public PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Standard error, UTF-8. */
  public PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Opens the data directory, runs {@code action}, publishes its entries, closes. */
  public int run(Action action) {
    return guarded(() -> {
      try (Installation installation = Installation.open(directory(), Clock.systemUTC())) {
        banner(installation.config().trial());
        int exit = runAct(installation, action);
        installation.logs().integrateNow();
        return exit;
      }
    });
  }

  /** Says on standard error that this is a trial. */
  void banner(boolean trial) {
    if (trial) {
      err().println(texts().say("cli.trial"));
    }
  }

  /** Turns the failures every command can meet into a text and an exit code. */
  int guarded(java.util.concurrent.Callable<Integer> work) {
    try {
      return work.call();
    } catch (LogIntegrityException e) {
      return failed("cli.log-integrity", e);
    } catch (StorageException e) {
      return failed("cli.storage", e);
    } catch (IOException e) {
      return failed("cli.files", e);
    } catch (Exception e) {
      throw new IllegalStateException(e); // picocli prints it; a fault of ours
    }
  }

  private int failed(String key, Exception e) {
    err().println(texts().say(key, String.valueOf(e.getMessage())));
    return ExitCode.ENVIRONMENT;
  }

  /** Whatever the command does is an act: one that does not succeed leaves an entry. */
  private int runAct(Installation installation, Action action) throws Exception {
    try (Act act = installation.transactions().open(Entry.Subject.NONE, name())) {
      int exit = runReporting(installation, action);
      if (exit == ExitCode.OK) {
        act.succeeded();
      }
      return exit;
    }
  }

  /**
   * As the operator types it, without the program and without what follows: {@code card register}.
   */
  private String name() {
    String qualified = spec.qualifiedName(" ");
    return qualified.substring(qualified.indexOf(' ') + 1);
  }

  private int runReporting(Installation installation, Action action) throws Exception {
    try {
      return action.run(installation);
    } catch (TamperedException e) {
      installation
          .transactions()
          .write(change ->
              change.record(
                  Entry.Subject.NONE, new ServiceEvent.StateTampered(e.table(), e.row())));
      err().println(texts().say("cli.tampered", e.table(), e.row()));
      return ExitCode.REFUSED;
    }
  }

  private Texts texts() {
    return Texts.of(Console.class, locale());
  }
}
