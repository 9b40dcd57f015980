package jp.sekisho.server.cli;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.BindException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.policy.PolicyImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serve}: opens the ports and works until SIGTERM. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {"サービスを起動する", "Runs the service."})
final class ServeCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Override
  public Integer call() {
    return console.guarded(this::serve);
  }

  private int serve() throws IOException, GeneralSecurityException, InterruptedException {
    Installation installation = open();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    // SIGTERM: the JVM ends when this thread does, so it waits for the orderly stop.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, stopped), "stop"));
    try (installation) {
      console.banner(installation.config().trial());
      return serve(installation, stop);
    } finally {
      stopped.countDown();
    }
  }

  private int serve(Installation installation, CountDownLatch stop)
      throws IOException, GeneralSecurityException, InterruptedException {
    Texts texts = Texts.of(Console.class, console.locale());
    AtomicBoolean broken = new AtomicBoolean();
    installation
        .logs()
        .start(why -> {
          console.err().println(texts.say("cli.log-integrity", String.valueOf(why.getMessage())));
          broken.set(true);
          stop.countDown();
        });
    record(installation, new ServiceEvent.Started(ServerCommand.version()));
    try (ApplicationContext context = ServiceContext.of(installation)) {
      context.start();
      context.getBean(PolicyImport.class).check();
      context.getBean(EmbeddedServer.class).start();
      ready(installation.config());
      stop.await();
    } catch (RuntimeException e) {
      if (cause(e, BindException.class)) {
        console.err().println(texts.say("serve.port", String.valueOf(e.getMessage())));
        broken.set(true);
      } else {
        throw e;
      }
    }
    if (broken.get()) {
      return ExitCode.ENVIRONMENT;
    }
    record(installation, new ServiceEvent.Stopped());
    return ExitCode.OK;
  }

  private Installation open() throws IOException {
    ServiceConfig config = Installation.settings(console.directory());
    int people = config.peoplePort() == 0 ? Listeners.freePort() : config.peoplePort();
    int agents = config.agentsPort() == 0 ? Listeners.freePort() : config.agentsPort();
    return Installation.open(
        console.directory(), config.withPorts(people, agents), Clock.systemUTC());
  }

  private static void record(Installation installation, ServiceEvent event) {
    installation.transactions().write(change -> change.record(Entry.Subject.NONE, event));
  }

  /** One line per open port. */
  private void ready(ServiceConfig config) {
    String scheme = config.trial() ? "http" : "https";
    port("people", scheme + "://" + config.host() + ":" + config.peoplePort());
    port("agents", "https://" + config.agentsHosts().get(0) + ":" + config.agentsPort());
  }

  private void port(String name, String url) {
    if (console.json()) {
      Json.print(console.out(), "port", name, "url", url);
    } else {
      console.out().println(name + " " + url);
    }
    console.out().flush();
  }

  private static void stop(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean cause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
