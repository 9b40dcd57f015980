package jp.sekisho.server.launch;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;

/** The main class of {@code sekisho-server.jar}. */
public final class Main {
  /** The Java release the service is compiled for. */
  static final int NEEDED = 25;

  /** Exit code of an environment that cannot run the service. */
  static final int EXIT_ENVIRONMENT = 3;

  private Main() {}

  /** Starts {@code cli.ServerCommand}, or says which Java it needs and exits 3. */
  public static void main(String[] args) throws ReflectiveOperationException {
    int running = Runtime.version().feature();
    if (running < NEEDED) {
      new PrintStream(System.err, true, StandardCharsets.UTF_8).println(olderJava(running));
      System.exit(EXIT_ENVIRONMENT);
    }
    try {
      // By name: this class must load without any class compiled for a newer Java.
      Class.forName("jp.sekisho.server.cli.ServerCommand")
          .getMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  static String olderJava(int running) {
    return "sekisho-server には Java "
        + NEEDED
        + " 以上が必要です（現在は Java "
        + running
        + "）。 / sekisho-server needs Java "
        + NEEDED
        + " or newer; this is Java "
        + running
        + ".";
  }
}
