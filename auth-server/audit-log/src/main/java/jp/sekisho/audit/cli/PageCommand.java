package jp.sekisho.audit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jp.sekisho.audit.bundle.BundleWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sekisho-audit page}: writes the verifier for a browser, from this program's own copy. */
@Command(name = "page", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before call()
final class PageCommand implements Callable<Integer> {
  @Mixin private final Voice voice;

  @Parameters(paramLabel = "FILE", descriptionKey = "audit.option.out")
  private Path file;

  PageCommand(Messages messages) {
    this.voice = new Voice(messages);
  }

  @Override
  public Integer call() {
    return voice.run(this::write);
  }

  private int write() throws IOException {
    SmallFile.replace(file, BundleWriter.page());
    return voice.done(
        new Json().text("result", "written").text("file", file.toString()),
        List.of(voice.get("audit.page.done", file)));
  }
}
