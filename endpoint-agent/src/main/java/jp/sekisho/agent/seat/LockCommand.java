package jp.sekisho.agent.seat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command that locks the seat's screen, such as {@code loginctl lock-session}.
 *
 * @param arguments program and arguments, handed to the kernel as they are: no shell reads them
 */
public record LockCommand(List<String> arguments) {
  /** How long it may run; a locker that stays in the foreground is left running. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(LockCommand.class.getName());

  public LockCommand {
    arguments = List.copyOf(arguments);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("no lock command");
    }
  }

  /**
   * Runs the command and waits a little for its end.
   *
   * @return whether the command ended well or still runs; the reason otherwise is logged
   */
  public boolean run() {
    try {
      Process process =
          new ProcessBuilder(arguments)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (process.exitValue() != 0) {
        LOG.log(
            System.Logger.Level.ERROR,
            "the lock command ended with {0}",
            Integer.toString(process.exitValue()));
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the lock command cannot run: {0}", e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
