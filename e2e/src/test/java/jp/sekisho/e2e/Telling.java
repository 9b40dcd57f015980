package jp.sekisho.e2e;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Function;
import jp.sekisho.e2e.vm.MachineLacks;

/**
 * Steps as they are shown to somebody who watches: before each what it is, while it takes long what
 * it waits for, then its evidence; and how many held. A step that fails ends the rest, which would
 * rest on it; so does whatever fails between two steps, and counts as one.
 */
final class Telling {
  /** All that is shown. */
  interface Body {
    void tell() throws Exception;
  }

  /** A step failed and was said. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended(Throwable cause) {
      super(cause);
    }
  }

  private final PrintStream out;
  private final Instant started = Instant.now();
  private String doing = "the start";
  private int shown;
  private int failed;
  private boolean lacking;

  /**
   * @param out gets two lines for a step
   */
  Telling(PrintStream out) {
    this.out = out;
  }

  /** Tells all of it; whatever ends it early is said and counted. */
  void tell(Body body) {
    try {
      body.tell();
    } catch (Ended e) {
      // Said where it failed.
    } catch (Exception | AssertionError | LinkageError e) {
      fail(doing, e);
    }
  }

  /** Says what is waited for from now on. */
  void waiting(String what) {
    doing = what;
    say("…", what);
  }

  /** Shows one step; {@code step} returns its evidence. */
  void step(String what, Callable<String> step) {
    step(what, step, evidence -> evidence);
  }

  /** Shows one step whose result the later ones need. */
  <T> T step(String what, Callable<T> step, Function<T, String> evidence) {
    waiting(what);
    try {
      T result = step.call();
      String shows = evidence.apply(result);
      shown++;
      say("ok", what);
      out.printf("               %s%n", shows);
      return result;
    } catch (Exception | AssertionError e) {
      fail(what, e);
      throw new Ended(e);
    }
  }

  private void fail(String what, Throwable why) {
    failed++;
    lacking = why instanceof MachineLacks;
    say("FAILED", what);
    String message = why.getMessage();
    out.printf("               %s%n", message == null ? why : message);
  }

  private void say(String verdict, String what) {
    out.printf(
        "%4d s  %-6s %s%n", Duration.between(started, Instant.now()).toSeconds(), verdict, what);
  }

  /** Steps that held. */
  int shown() {
    return shown;
  }

  /** 1 when something failed, else 0. */
  int failed() {
    return failed;
  }

  /** The last line. */
  String summary() {
    return shown + " steps shown, " + failed + " failed";
  }

  /** 0 only when nothing failed, 3 when the machine lacks something. */
  int exitCode() {
    return failed == 0 ? 0 : lacking ? MachineLacks.EXIT : 1;
  }
}
