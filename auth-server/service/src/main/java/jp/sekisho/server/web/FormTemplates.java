package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import jp.sekisho.server.config.Installation;

/**
 * What each 機関 has printed on its forms: {@code forms/<organ>.properties} in the data directory,
 * UTF-8, read at each page. Without a file, or without a line in it, the form has the words of the
 * page; a file that cannot be read is as none and a line in the technicians' log. Thread-safe.
 */
@Singleton
@Requires(beans = Installation.class)
final class FormTemplates {
  private static final int MOST_BYTES = 16 * 1024;
  private static final int LONGEST = 400;
  private static final System.Logger LOG = System.getLogger(FormTemplates.class.getName());

  private final Path directory;

  FormTemplates(Installation installation) {
    this.directory = installation.directory().root().resolve("forms");
  }

  /**
   * The words of one 機関.
   *
   * @param lines by key: {@code request.title permit.title register.title measure-request.title
   *     measure-permit.title breach.title to from note}
   */
  record Template(Properties lines) {
    String line(String key, String otherwise) {
      String own = lines.getProperty(key, "").strip();
      return own.isEmpty() || own.length() > LONGEST ? otherwise : own;
    }
  }

  /** The template of an organ. */
  Template of(String organ) {
    Properties lines = new Properties();
    Path file = directory.resolve(organ + ".properties");
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("over " + MOST_BYTES + " bytes");
      }
      lines.load(
          new StringReader(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
    } catch (NoSuchFileException e) {
      // Most have none.
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.WARNING, "the template of " + organ + " is not used", e);
      lines.clear();
    }
    return new Template(lines);
  }
}
