package jp.sekisho.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.agent.platform.linux.ProcessHardening;
import jp.sekisho.agent.spool.SpoolException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sekisho-agent service}: runs until it is told to end. */
@Command(
    name = "service",
    mixinStandardHelpOptions = true,
    description = "Runs the agent: readers, seats, loopback port, records, heartbeats.")
final class ServiceCommand implements Callable<Integer> {
  @Option(names = "--state", paramLabel = "DIR", description = "State directory.")
  private Path state = StateDirectory.DEFAULT;

  @Option(
      names = "--no-enforcement",
      description =
          "Gate no device and report so (設定不良). Nothing under /sys is opened for writing.")
  private boolean noEnforcement;

  @Option(
      names = "--loopback-port",
      paramLabel = "PORT",
      description = "Port of 127.0.0.1 for the login page. Default: as enrolled (47621).")
  private @Nullable Integer loopbackPort;

  @Option(names = "--socket", paramLabel = "PATH", description = "Unix socket for sessions.")
  private Path socket = Path.of("/run/sekisho/agent.sock");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls.
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Texts texts = Texts.ofProcess();
    if (!noEnforcement) {
      return fail(texts.text("service.enforcement-missing"));
    }
    StateDirectory directory = new StateDirectory(state);
    AgentService.Options options =
        new AgentService.Options(
            directory, socket, loopbackPort, Enforcement.NOT_ENFORCING, Version.text());
    CountDownLatch ended = new CountDownLatch(1);
    try {
      ProcessHardening.apply();
      AgentService service = AgentService.start(options);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    service.close();
                    ended.countDown();
                  },
                  "service-end"));
      spec.commandLine()
          .getErr()
          .println(texts.text("service.started", service.loopback().toString(), socket));
      ended.await();
      return ExitCode.OK;
    } catch (StateException e) {
      return fail(StateTexts.say(texts, e));
    } catch (SpoolException e) {
      keepAlarm(directory, e);
      return fail(StateTexts.say(texts, e, directory));
    } catch (IOException | IllegalStateException e) {
      return fail(texts.text("service.environment", String.valueOf(e.getMessage())));
    }
  }

  /** A service that cannot keep records does not run; why is left where people will look. */
  private static void keepAlarm(StateDirectory directory, SpoolException e) {
    if (e.code() == SpoolException.Code.SPOOL_BUSY) {
      return;
    }
    try {
      Files.writeString(directory.alarm(), java.time.Instant.now() + " " + e.getMessage() + "\n");
    } catch (IOException onTheSameDisk) {
      e.addSuppressed(onTheSameDisk);
    }
  }

  private int fail(String text) {
    spec.commandLine().getErr().println(text);
    return ExitCode.ENVIRONMENT;
  }
}
