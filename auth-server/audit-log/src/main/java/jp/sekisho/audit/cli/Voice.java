package jp.sekisho.audit.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.zip.ZipException;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How every command speaks: {@code --json}, {@code --lang}, refusals and exit codes. */
@SuppressWarnings("NullAway.Init") // picocli sets spec before the command runs
final class Voice {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", descriptionKey = "audit.option.json")
  private boolean json;

  @Option(names = "--lang", paramLabel = "ja|en", descriptionKey = "audit.option.lang")
  private @Nullable String language; // already heeded by Messages.language

  private final Messages messages;

  Voice(Messages messages) {
    this.messages = messages;
  }

  /** What a command does once its options are known to make sense. */
  @FunctionalInterface
  interface Job {
    int run() throws IOException, FormatException;
  }

  /** Runs a command's job and turns its exceptions into words and exit codes. */
  int run(Job job) {
    if (language != null && !language.equals("ja") && !language.equals("en")) {
      return complain("LANGUAGE_UNKNOWN", language, Exit.USAGE);
    }
    try {
      return job.run();
    } catch (FormatException e) {
      return complain(e.code().name(), String.valueOf(e.getMessage()), exit(e.code()));
    } catch (ZipException | EOFException e) {
      return complain("BUNDLE_MALFORMED", String.valueOf(e.getMessage()), Exit.INVALID);
    } catch (OptionsException e) {
      return complain("OPTIONS_UNSUITABLE", String.valueOf(e.getMessage()), Exit.USAGE);
    } catch (IllegalArgumentException e) {
      return complain("KEYS_UNSUITABLE", String.valueOf(e.getMessage()), Exit.USAGE);
    } catch (IOException e) {
      return complain("UNREADABLE", String.valueOf(e.getMessage()), Exit.ENVIRONMENT);
    }
  }

  private static int exit(FormatException.Code code) {
    return switch (code) {
      case KEY_MALFORMED, ADDRESS_REFUSED, STAMP_REFUSED -> Exit.USAGE;
      default -> Exit.INVALID;
    };
  }

  /** Reports an outcome and returns the exit code. */
  int report(Verification outcome, boolean continued) {
    if (json) {
      out().println(JsonReport.of(outcome));
    } else {
      new TextReport(messages, continued).lines(outcome).forEach(out()::println);
    }
    return outcome.fold(verified -> Exit.VERIFIED, invalid -> Exit.INVALID);
  }

  /** Reports that a copy or proof is not to be believed. */
  int refuse(Invalid invalid) {
    return report(invalid, false);
  }

  /** Says that a command succeeded. */
  int done(Json line, List<String> words) {
    if (json) {
      out().println(line.end());
    } else {
      words.forEach(out()::println);
    }
    return Exit.VERIFIED;
  }

  /** Says that something is wrong that has a code of its own and a text in both languages. */
  int complain(String code, String detail, int exit) {
    if (json) {
      out().println(JsonReport.error(code, detail));
    } else {
      PrintWriter err = spec.commandLine().getErr();
      err.println(messages.get("audit.error." + code, detail));
      err.println(messages.get("audit.error." + code + ".action", detail));
    }
    return exit;
  }

  String get(String key, Object... values) {
    return messages.get(key, values);
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
