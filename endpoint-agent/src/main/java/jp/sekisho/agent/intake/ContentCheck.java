package jp.sekisho.agent.intake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.protocol.Refusal;

/**
 * Looks at a file's content: it must be, from its first byte to its last, of the kind that its name
 * says, and of a kind that is let in. What it names nowhere is refused. Thread-safe.
 *
 * <p>Refused besides: what is of two kinds at once, what can run something (macros, scripts,
 * embedded files) and what nobody can look into (encryption, archives).
 */
public final class ContentCheck {
  /** Where readers of PDF still look for its beginning. */
  private static final int PDF_HEAD = 1024;

  private static final int ZIP_END = 22;
  private static final int LONGEST_ZIP_COMMENT = 65_535;

  private ContentCheck() {}

  /** What came of it. */
  public sealed interface Outcome {
    /** It is what it says. */
    record Good(ImportKind kind) implements Outcome {}

    /** It stays out. */
    record Bad(Refusal reason) implements Outcome {}
  }

  /**
   * Looks at one.
   *
   * @param file in quarantine; nobody else changes it
   * @param name the last part of its path on the medium
   * @param kinds what is let in
   * @throws IOException when it cannot be read
   */
  public static Outcome of(Path file, String name, Set<ImportKind> kinds) throws IOException {
    ImportKind kind = ImportKind.named(name).orElse(null);
    if (kind == null || !kinds.contains(kind)) {
      return new Outcome.Bad(Refusal.IMPORT_KIND);
    }
    // Mapped, not read: the agent's heap is smaller than such a file.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      check(kind, file, new Content(content));
      return new Outcome.Good(kind);
    } catch (NotImported e) {
      return new Outcome.Bad(e.reason());
    }
  }

  private static void check(ImportKind kind, Path file, Content content) throws IOException {
    switch (kind) {
      case PDF -> {
        begins(content.startsWith("%PDF-"), content);
        noZip(content);
        PdfCheck.check(content);
      }
      case DOCX, XLSX, PPTX -> {
        begins(content.startsWith("PK\3\4"), content);
        OfficeCheck.check(kind, file, content);
      }
      case TEXT, CSV -> {
        noZip(content);
        TextCheck.check(content);
      }
      case XML -> {
        noZip(content);
        XmlCheck.check(content);
      }
      case JPEG -> {
        begins(content.startsWith("\u00FF\u00D8\u00FF"), content);
        noOther(content);
        ImageCheck.jpeg(content);
      }
      case PNG -> {
        begins(content.startsWith("\u0089PNG\r\n\u001A\n"), content);
        noOther(content);
        ImageCheck.png(content);
      }
      case TIFF -> {
        begins(content.startsWith("II*\0") || content.startsWith("MM\0*"), content);
        noOther(content);
        ImageCheck.tiff(content);
      }
    }
  }

  /** Another known beginning is a disguise; anything else is of no kind. */
  private static void begins(boolean asItMust, Content content) throws NotImported {
    if (!asItMust) {
      throw new NotImported(content.looksKnown() ? Refusal.IMPORT_DISGUISED : Refusal.IMPORT_KIND);
    }
  }

  private static void noOther(Content content) throws NotImported {
    noZip(content);
    if (content.find("%PDF-", 0, PDF_HEAD) >= 0) {
      throw new NotImported(Refusal.IMPORT_DISGUISED);
    }
  }

  /** A ZIP is read from its end: whatever stands before it is of no matter to who unpacks it. */
  private static void noZip(Content content) throws NotImported {
    int from = Math.max(0, content.length() - ZIP_END - LONGEST_ZIP_COMMENT);
    for (int at = content.find("PK\5\6", from, content.length());
        at >= 0;
        at = content.find("PK\5\6", at + 1, content.length())) {
      if (at + ZIP_END <= content.length()) {
        throw new NotImported(Refusal.IMPORT_DISGUISED);
      }
    }
  }
}
