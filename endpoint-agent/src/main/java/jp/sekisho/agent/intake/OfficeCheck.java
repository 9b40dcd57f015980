package jp.sekisho.agent.intake;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLStreamReader;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;

/**
 * A document of Office (ECMA-376): a ZIP within bounds, whose parts are the same from its beginning
 * as from its end, of the type that its name says, without macros, embedded files and references to
 * outside but for links that a person follows. Nothing is unpacked to disk.
 */
final class OfficeCheck {
  /** Most parts. */
  static final int MOST_PARTS = 5_000;

  /** Most bytes of all parts, unpacked: what a scanner looks into as well. */
  static final long MOST_UNPACKED = 100L << 20;

  /** Most bytes unpacked for one packed, past the first MiB. */
  static final int RATIO = 200;

  private static final int MOST_XML = 1 << 20;
  private static final String TYPES = "[Content_Types].xml";

  private static final Map<String, ImportKind> MAIN =
      Map.of(
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
          ImportKind.DOCX,
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
          ImportKind.XLSX,
          "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
          ImportKind.PPTX);

  /**
   * In the type of a part or of a reference: something that runs, a file within the file, or data
   * from elsewhere.
   */
  private static final Set<String> ACTIVE =
      Set.of(
          "macroenabled",
          "vbaproject",
          "macrosheet",
          "dialogsheet",
          "activex",
          "oleobject",
          "/package",
          "/control",
          "/afchunk",
          "/subdocument",
          "/connections",
          "/frame",
          "attachedtemplate",
          "externallink",
          "customui",
          "webextension",
          "webextensiontaskpanes",
          "extensibility");

  /** In the type of a part: a document of another kind. */
  private static final Set<String> OTHER = Set.of("rtf", "text/html", "xhtml", "rfc822");

  private static final String PRINTER = "printersettings";

  private OfficeCheck() {}

  private static NotImported broken() {
    return new NotImported(Refusal.IMPORT_KIND);
  }

  private static NotImported active() {
    return new NotImported(Refusal.IMPORT_ACTIVE);
  }

  static void check(ImportKind kind, Path file, Content content) throws IOException {
    // Nothing before it, and nothing behind it.
    int end = content.length() - 22;
    if (end < 0 || !content.isAt(end, "PK\5\6") || content.short2(end + 20) != 0) {
      throw broken();
    }
    Parts inOrder = inOrder(file, content.length());
    Parts listed = listed(file, content.length());
    if (!inOrder.sums.equals(listed.sums) || inOrder.main != listed.main) {
      // Readers that go by its end would see another document.
      throw broken();
    }
    if (inOrder.main != kind) {
      throw new NotImported(inOrder.main == null ? Refusal.IMPORT_KIND : Refusal.IMPORT_DISGUISED);
    }
  }

  /** The parts from its beginning, one behind the other. */
  private static Parts inOrder(Path file, long packed) throws IOException {
    Parts parts = new Parts(packed);
    try (ZipInputStream zip =
        new ZipInputStream(
            new BufferedInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        parts.part(entry, zip);
      }
    } catch (NotImported e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new NotImported(Refusal.IMPORT_KIND, e);
    }
    return parts;
  }

  /** The parts by the directory at its end, each from the place that is named there. */
  private static Parts listed(Path file, long packed) throws IOException {
    Parts parts = new Parts(packed);
    try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
      if (zip.size() > MOST_PARTS) {
        throw broken();
      }
      var entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        try (InputStream content = zip.getInputStream(entry)) {
          if (content == null) {
            throw broken();
          }
          parts.part(entry, content);
        }
      }
    } catch (NotImported e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new NotImported(Refusal.IMPORT_KIND, e);
    }
    return parts;
  }

  /** The parts of one reading, as they come, within bounds of their own. */
  private static final class Parts {
    private final long packed;

    /** The SHA-256 of each by its name: a CRC-32 is made to fit. */
    private final Map<String, String> sums = new HashMap<>();

    private final Set<String> names = new HashSet<>();
    private @org.jspecify.annotations.Nullable ImportKind main;
    private long unpacked;

    Parts(long packed) {
      this.packed = packed;
    }

    void part(ZipEntry entry, InputStream content) throws IOException {
      String name = entry.getName();
      String low = name.toLowerCase(Locale.ROOT);
      if (!names.add(low)
          || names.size() > MOST_PARTS
          || low.startsWith("/")
          || low.contains("\\")
          || low.contains("..")) {
        throw broken();
      }
      if (entry.isDirectory()) {
        if (content.read() >= 0) {
          throw broken();
        }
        sums.put(name, "");
        return;
      }
      if (low.endsWith(".bin") && !low.contains(PRINTER)) {
        throw active();
      }
      boolean xml = name.equals(TYPES) || low.endsWith(".rels");
      MessageDigest sum = Quarantine.sha256();
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      byte[] buffer = new byte[64 * 1024];
      boolean first = true;
      for (int n = content.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = content.readNBytes(buffer, 0, buffer.length)) {
        unpacked += n;
        if (unpacked > MOST_UNPACKED || unpacked > (1 << 20) + packed * RATIO) {
          throw broken();
        }
        if (first && new Content(ByteBuffer.wrap(buffer, 0, n).slice()).looksNested()) {
          throw active();
        }
        first = false;
        sum.update(buffer, 0, n);
        if (xml) {
          if (kept.size() + n > MOST_XML) {
            throw broken();
          }
          kept.write(buffer, 0, n);
        }
      }
      sums.put(name, Base64Url.encode(sum.digest()));
      if (name.equals(TYPES)) {
        XmlCheck.read(kept.toByteArray(), this::type);
      } else if (xml) {
        XmlCheck.read(kept.toByteArray(), Parts::reference);
      }
    }

    private void type(XMLStreamReader at) throws NotImported {
      String type = at.getAttributeValue(null, "ContentType");
      if (type == null) {
        return;
      }
      String low = type.toLowerCase(Locale.ROOT);
      if (ACTIVE.stream().anyMatch(low::contains) || OTHER.stream().anyMatch(low::contains)) {
        throw active();
      }
      ImportKind known = MAIN.get(type);
      if (known != null) {
        if (main != null) {
          throw broken();
        }
        main = known;
      }
    }

    private static void reference(XMLStreamReader at) throws NotImported {
      String type = at.getAttributeValue(null, "Type");
      if (type == null) {
        return;
      }
      String low = type.toLowerCase(Locale.ROOT);
      boolean outside = !"Internal".equals(inside(at));
      if ((outside && !low.endsWith("/hyperlink")) || ACTIVE.stream().anyMatch(low::endsWith)) {
        throw active();
      }
    }

    private static String inside(XMLStreamReader at) {
      String mode = at.getAttributeValue(null, "TargetMode");
      return mode == null ? "Internal" : mode;
    }
  }
}
