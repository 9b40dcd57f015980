package jp.sekisho.smartcard.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints what the watcher notices until it is killed. Touches no card. */
@Command(name = "watch", mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
  @Mixin private final RoleOptions roleOptions = new RoleOptions();
  @Mixin private final Output output = new Output();

  @Option(names = "--events", paramLabel = "N")
  private @Nullable Integer events;

  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (events != null && events < 1) {
      throw new ParameterException(spec.commandLine(), "--events: 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!roleOptions.given()) {
      // Nothing would ever be printed, which looks like a program that hangs.
      spec.commandLine().getErr().println(output.message("cli.readers.all-resident"));
      return Output.USAGE;
    }
    BlockingQueue<CardEvent> queue = new LinkedBlockingQueue<>();
    CardWatcher watcher = CardWatcher.start(roleOptions.roles(), queue::add);
    try {
      for (int seen = 0; events == null || seen < events; seen++) {
        CardEvent event = queue.take();
        Output.print(out, output.json() ? Json.of(json(event)) : text(event));
        if (out.checkError()) {
          // Whoever read our lines is gone.
          return Output.OK;
        }
      }
    } finally {
      watcher.close();
    }
    return Output.OK;
  }

  private String text(CardEvent event) {
    return Instant.now() + " " + output.message("cli.watch." + name(event), reader(event));
  }

  private static Map<String, Object> json(CardEvent event) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("time", Instant.now().toString());
    values.put("event", name(event));
    if (!reader(event).isEmpty()) {
      values.put("reader", reader(event));
    }
    return values;
  }

  private static String reader(CardEvent event) {
    return event instanceof CardEvent.Inserted inserted
        ? inserted.reader()
        : event instanceof CardEvent.Removed removed ? removed.reader() : "";
  }

  private static String name(CardEvent event) {
    if (event instanceof CardEvent.Inserted) {
      return "inserted";
    }
    if (event instanceof CardEvent.Removed) {
      return "removed";
    }
    return event instanceof CardEvent.ServiceLost ? "service-lost" : "service-back";
  }
}
