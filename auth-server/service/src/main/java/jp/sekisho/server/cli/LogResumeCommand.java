package jp.sekisho.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.server.audit.Resumption;
import jp.sekisho.server.audit.Resumption.Outcome;
import jp.sekisho.server.config.Installation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code log resume}: after a restore, lets each log that lost entries go on in its next
 * generation. The service must be stopped. The new keys count once the officers signed them.
 */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "復元などで記録を失ったログの世代を閉じ、次の世代を開く。失っていないログには何もしない。サービスを止めて実行する。",
      "After a restore: closes the generation of each log that lost entries and opens the next one;"
          + " leaves other logs alone. The service must be stopped."
    })
final class LogResumeCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Mixin private final Console console = new Console();

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = {
        "端末または立会人が持つ確定記録（署名付き）。複数可",
        "A signed checkpoint that a terminal or a witness has; repeatable."
      })
  private List<Path> checkpoints = new ArrayList<>();

  @Override
  public Integer call() {
    List<Outcome> outcomes = new ArrayList<>();
    int exit = console.guarded(() -> resume(outcomes));
    if (exit != ExitCode.OK) {
      // What was opened stays open, and its key is not told again.
      boolean _ = print(outcomes);
      return exit;
    }
    // With the new generations open the logs can be written again: also what this command did.
    return console.run(installation -> report(outcomes));
  }

  private int resume(List<Outcome> outcomes) throws IOException {
    List<SignedNote> shown = new ArrayList<>();
    for (Path file : checkpoints) {
      try (InputStream in = Files.newInputStream(file)) {
        shown.add(SignedNote.parse(in.readNBytes(SignedNote.MAX_BYTES + 1)));
      } catch (FormatException e) {
        console.err().println(texts().say("log.resume-no-checkpoint", file));
        return ExitCode.REFUSED;
      }
    }
    try (Installation installation = Installation.open(console.directory(), Clock.systemUTC())) {
      Optional<Resumption> begun =
          Resumption.begin(
              installation.database(),
              installation.directory().keys(),
              installation.seal(),
              installation.clock(),
              PATIENCE);
      if (begun.isEmpty()) {
        console.err().println(texts().say("log.resume-running"));
        return ExitCode.REFUSED;
      }
      try (Resumption resumption = begun.get()) {
        for (String organ : resumption.organs()) {
          Outcome outcome = resumption.resume(organ, shown);
          if (outcome instanceof Outcome.Refused refused) {
            String key = "log.resume-refused." + refused.reason();
            console.err().println(texts().say(key, organ));
            return ExitCode.REFUSED;
          }
          outcomes.add(outcome);
        }
      }
    }
    return ExitCode.OK;
  }

  private int report(List<Outcome> outcomes) {
    if (!print(outcomes)) {
      console.err().println(texts().say("log.resume-whole"));
      return ExitCode.REFUSED;
    }
    return ExitCode.OK;
  }

  /** Says which generations were opened; whether there is one. */
  private boolean print(List<Outcome> outcomes) {
    boolean opened = false;
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Opened next) {
        opened = true;
        if (console.json()) {
          Json.print(
              console.out(),
              "log",
              next.log(),
              "key",
              next.key().toString(),
              "known",
              next.known(),
              "held",
              next.held(),
              "carried",
              next.carried(),
              "foreign",
              next.foreign());
        } else {
          console
              .out()
              .println(
                  texts()
                      .say(
                          next.held() < 0 ? "log.resumed-forked" : "log.resumed",
                          next.log(),
                          next.known(),
                          next.held(),
                          next.carried(),
                          next.foreign(),
                          next.key()));
        }
      }
    }
    if (opened) {
      console.err().println(texts().say("log.resume-next"));
    }
    return opened;
  }

  private Texts texts() {
    return Texts.of(Console.class, console.locale());
  }
}
