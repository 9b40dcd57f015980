package jp.sekisho.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.enforce.Gates;
import jp.sekisho.agent.enforce.UnenrolledLog;
import jp.sekisho.agent.platform.linux.LinuxGates;
import jp.sekisho.agent.platform.linux.LogindPresence;
import jp.sekisho.agent.platform.linux.ProcessHardening;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.spool.SpoolException;

/**
 * The agent's service as one process runs it, from the first gate to the last record.
 *
 * <p>Gates come first and depend on nothing: not on enrolment, not on the network, not on records
 * that can be opened. A machine that is not enrolled is gated by the strictest rules until it is;
 * one whose service cannot start has its devices judged once before the program ends.
 */
final class ServiceRun {
  /** How often a machine that is not enrolled looks whether it is by now. */
  private static final Duration ENROLLED_LOOK = Duration.ofSeconds(1);

  private final ServiceOptions options;
  private final Consumer<String> out;
  private final CountDownLatch endAsked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Another service holds the records, and gates: it is not interfered with. */
  private boolean anotherRuns;

  /**
   * A run.
   *
   * @param out takes what there is to say, a line each
   */
  ServiceRun(ServiceOptions options, Consumer<String> out) {
    this.options = options;
    this.out = out;
  }

  /** Runs until the process is told to end; the exit code. */
  int run() throws InterruptedException {
    Gates gates = Gates.NOT_ENFORCING;
    if (options.enforcing()) {
      try {
        LinuxGates.closeControllers(LinuxGates.SYS);
      } catch (IOException e) {
        return fail(Texts.ofProcess().text("service.gates-open", String.valueOf(e.getMessage())));
      }
      gates = new LinuxGates();
    }
    StateDirectory directory = new StateDirectory(options.state());
    if (!gates.gating()) {
      return serve(directory, gates);
    }
    int exit = serve(directory, gates);
    if (exit != ExitCode.OK && !anotherRuns) {
      judgeOnce(directory, gates);
    }
    return exit;
  }

  private int serve(StateDirectory directory, Gates gates) throws InterruptedException {
    Texts texts = Texts.ofProcess();
    try {
      ProcessHardening.apply();
      Runtime.getRuntime().addShutdownHook(new Thread(this::end, "service-end"));
      if (gates.gating() && !directory.isEnrolled() && !gateUntilEnrolled(directory, gates)) {
        return ExitCode.OK;
      }
      try (AgentService service =
          AgentService.start(
              new AgentService.Options(
                  directory,
                  options.socket(),
                  options.loopbackPort(),
                  gates,
                  presence(),
                  Version.text(),
                  options.module(),
                  options.scanner()))) {
        say(texts.text("service.started", service.loopback().toString(), options.socket()));
        if (options.seats() == ServiceOptions.Seats.any) {
          say(texts.text("service.seats-any"));
        }
        sayGates(texts, gates);
        endAsked.await();
      }
      return ExitCode.OK;
    } catch (StateException e) {
      return fail(StateTexts.say(texts, e));
    } catch (SpoolException e) {
      anotherRuns = e.code() == SpoolException.Code.SPOOL_BUSY;
      if (!anotherRuns) {
        keepAlarm(directory, e);
      }
      return fail(StateTexts.say(texts, e, directory));
    } catch (IOException | IllegalStateException e) {
      return fail(texts.text("service.environment", String.valueOf(e.getMessage())));
    } finally {
      ended.countDown();
    }
  }

  private LocalPresence presence() {
    return options.seats() == ServiceOptions.Seats.any
        ? LocalPresence.ANYBODY
        : new LogindPresence();
  }

  /** Gates without anything else; whether the machine was enrolled, rather than told to end. */
  private boolean gateUntilEnrolled(StateDirectory directory, Gates gates)
      throws IOException, InterruptedException {
    Texts texts = Texts.ofProcess();
    UnenrolledLog log = UnenrolledLog.open(directory.gatesLog(), InstantSource.system());
    gates.start(log);
    say(texts.text("service.unenrolled", directory.root().toString()));
    sayGates(texts, gates);
    while (!endAsked.await(ENROLLED_LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
      if (directory.isEnrolled()) {
        return true;
      }
    }
    gates.close();
    log.close();
    return false;
  }

  /** A stick that was open when the service failed to start must not stay so. */
  private static void judgeOnce(StateDirectory directory, Gates gates) {
    try (gates;
        UnenrolledLog log = UnenrolledLog.open(directory.gatesLog(), InstantSource.system())) {
      gates.start(log);
    } catch (IOException e) {
      System.getLogger(ServiceRun.class.getName())
          .log(System.Logger.Level.ERROR, "devices not judged", e);
    }
  }

  private void end() {
    endAsked.countDown();
    try {
      // The JVM halts when its hooks are done, so this one waits for the orderly stop.
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sayGates(Texts texts, Gates gates) {
    var enforcement = gates.enforcement();
    String fault = enforcement.fault();
    say(
        fault == null
            ? texts.text("service.gates-effective")
            : texts.text("service.gates-misconfigured", fault));
  }

  /** A service that cannot keep records does not run; why is left where people will look. */
  private static void keepAlarm(StateDirectory directory, SpoolException e) {
    try {
      Files.writeString(directory.alarm(), Instant.now() + " " + e.getMessage() + "\n");
    } catch (IOException onTheSameDisk) {
      e.addSuppressed(onTheSameDisk);
    }
  }

  private void say(String text) {
    out.accept(text);
  }

  private int fail(String text) {
    say(text);
    return ExitCode.ENVIRONMENT;
  }
}
