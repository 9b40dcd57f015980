package jp.sekisho.policy.grant;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A kind of file that may be taken in from a medium, told by its content; the name's ending must
 * agree.
 */
public enum ImportKind {
  /** Without scripts, embedded files and encryption. */
  PDF("pdf"),
  /** Word, without macros and embedded objects. */
  DOCX("docx"),
  /** Excel, without macros and embedded objects. */
  XLSX("xlsx"),
  /** PowerPoint, without macros and embedded objects. */
  PPTX("pptx"),
  /** Plain text, UTF-8 or Shift_JIS as Windows has it (CP932). */
  TEXT("txt"),
  /** A table in plain text. */
  CSV("csv tsv"),
  /** Well-formed, UTF-8, without a document type and without what a browser runs. */
  XML("xml"),
  JPEG("jpg jpeg"),
  PNG("png"),
  TIFF("tif tiff");

  private final String endings;

  ImportKind(String endings) {
    this.endings = endings;
  }

  /** The word of policies and records. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a file's name says it is; empty when it says none of these. */
  public static Optional<ImportKind> named(String file) {
    String ending = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (ImportKind kind : values()) {
      if (file.contains(".") && List.of(kind.endings.split(" ", -1)).contains(ending)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
