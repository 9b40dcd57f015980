package jp.sekisho.e2e;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * The commands of a shipped {@code sekisho-server.jar}, run inside this process: the classes of
 * that file and no others, loaded once, where a process for each command costs seconds of CPU. For
 * towns whose tests are about something else; that the commands are programs is shown by {@link
 * Town#start}, which {@code LoginIT} and the story use. Thread-safe.
 */
final class ConsoleHere {
  private final ClassLoader loader;
  private final Method commands;

  /**
   * @param jar the program
   */
  ConsoleHere(Path jar) {
    try {
      loader =
          new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
      commands =
          loader
              .loadClass("jp.sekisho.server.cli.ServerCommand")
              .getDeclaredMethod("commandLine", PrintWriter.class, PrintWriter.class);
      commands.setAccessible(true);
    } catch (MalformedURLException | ReflectiveOperationException e) {
      throw new IllegalStateException(jar.toString(), e);
    }
  }

  /** Runs a command to its end. */
  synchronized Programs.Finished run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Object line = commands.invoke(null, new PrintWriter(out, true), new PrintWriter(err, true));
      Object exit =
          line.getClass().getMethod("execute", String[].class).invoke(line, (Object) words);
      return new Programs.Finished((Integer) exit, out.toString(), err.toString());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(String.join(" ", words), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
