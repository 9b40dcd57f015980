package jp.sekisho.agent.intake;

import static jp.sekisho.agent.testing.ImportSamples.excel;
import static jp.sekisho.agent.testing.ImportSamples.joined;
import static jp.sekisho.agent.testing.ImportSamples.jpeg;
import static jp.sekisho.agent.testing.ImportSamples.pdf;
import static jp.sekisho.agent.testing.ImportSamples.pdfWithObjects;
import static jp.sekisho.agent.testing.ImportSamples.png;
import static jp.sekisho.agent.testing.ImportSamples.program;
import static jp.sekisho.agent.testing.ImportSamples.references;
import static jp.sekisho.agent.testing.ImportSamples.tiff;
import static jp.sekisho.agent.testing.ImportSamples.types;
import static jp.sekisho.agent.testing.ImportSamples.word;
import static jp.sekisho.agent.testing.ImportSamples.xml;
import static jp.sekisho.agent.testing.ImportSamples.zip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file is goes by its content, whole, and by its name. */
class ContentCheckTest {
  private static final Set<ImportKind> ALL = EnumSet.allOf(ImportKind.class);

  @TempDir Path temp;

  private ContentCheck.Outcome look(String name, byte[] content, Set<ImportKind> kinds) {
    try {
      Path file = Files.write(temp.resolve("1"), content);
      return ContentCheck.of(file, name, kinds);
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private void good(ImportKind kind, String name, byte[] content) {
    assertEquals(new ContentCheck.Outcome.Good(kind), look(name, content, ALL), name);
  }

  private void bad(Refusal reason, String name, byte[] content) {
    assertEquals(new ContentCheck.Outcome.Bad(reason), look(name, content, ALL), name);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** {@code text} in Shift_JIS, which the tests' runtime may lack: 東京. */
  private static byte[] shiftJis() {
    return new byte[] {(byte) 0x93, (byte) 0x8C, (byte) 0x8B, (byte) 0x9E, ',', '1', '\r', '\n'};
  }

  @Test
  @DisplayName("each kind is let in under its own ending")
  void everyKind() {
    good(ImportKind.PDF, "通知.pdf", pdf(""));
    good(ImportKind.PDF, "A.PDF", pdfWithObjects("<< /Type /Page >>"));
    good(ImportKind.PNG, "a.png", png());
    good(ImportKind.JPEG, "a.jpeg", jpeg());
    good(ImportKind.TIFF, "a.tif", tiff());
    good(ImportKind.DOCX, "a.docx", zip(word()));
    good(ImportKind.XLSX, "a.xlsx", zip(excel()));
    good(ImportKind.TEXT, "a.txt", text("\uFEFF本文\r\n"));
    good(ImportKind.TEXT, "empty.txt", new byte[0]);
    good(ImportKind.CSV, "a.csv", shiftJis());
    good(ImportKind.XML, "a.xml", xml("<list xmlns='urn:x'><item>1</item></list>"));
  }

  @Test
  @DisplayName("a kind that the policy does not let in stays out, and with none all do")
  void byPolicy() {
    assertEquals(
        new ContentCheck.Outcome.Bad(Refusal.IMPORT_KIND),
        look("a.pdf", pdf(""), Set.of(ImportKind.PNG)));
    assertEquals(
        new ContentCheck.Outcome.Bad(Refusal.IMPORT_KIND), look("a.txt", text("a"), Set.of()));
    bad(Refusal.IMPORT_KIND, "a.zip", zip(word()));
    bad(Refusal.IMPORT_KIND, "a.exe", program());
    bad(Refusal.IMPORT_KIND, "pdf", pdf(""));
    bad(Refusal.IMPORT_KIND, "a.pdf.", pdf(""));
    bad(Refusal.IMPORT_KIND, "a.docm", zip(word()));
  }

  @Test
  @DisplayName("a program under any ending stays out, and so does a document under another's")
  void disguised() {
    for (String ending : new String[] {"pdf", "docx", "png", "jpg", "tiff", "txt", "csv", "xml"}) {
      bad(Refusal.IMPORT_DISGUISED, "invoice." + ending, program());
    }
    bad(Refusal.IMPORT_DISGUISED, "a.xlsx", zip(word()));
    bad(Refusal.IMPORT_DISGUISED, "a.pdf", png());
    bad(Refusal.IMPORT_DISGUISED, "a.txt", pdf(""));
    bad(Refusal.IMPORT_DISGUISED, "a.txt", text("#!/bin/sh\nrm -r ~\n"));
    bad(Refusal.IMPORT_DISGUISED, "a.csv", text("ID;PWXL;N;E\n"));
    bad(Refusal.IMPORT_DISGUISED, "a.csv", text("\n <html><script>"));
    bad(Refusal.IMPORT_KIND, "a.txt", new byte[] {1, 2, 3});
    bad(Refusal.IMPORT_KIND, "a.txt", new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0});
    bad(Refusal.IMPORT_KIND, "a.csv", new byte[] {'a', (byte) 0x93});
    bad(Refusal.IMPORT_KIND, "a.pdf", text("not at all"));
  }

  @Test
  @DisplayName("what is of two kinds at once stays out, and so does what is cut off or goes on")
  void twoKinds() {
    byte[] archive = zip(Map.of("evil.exe", program()));
    bad(Refusal.IMPORT_DISGUISED, "a.png", joined(png(), archive));
    bad(Refusal.IMPORT_DISGUISED, "a.jpg", joined(jpeg(), archive));
    bad(Refusal.IMPORT_DISGUISED, "a.pdf", joined(pdf(""), archive, text("\n%%EOF\n")));
    bad(Refusal.IMPORT_DISGUISED, "a.tif", joined(tiff(), archive));
    bad(Refusal.IMPORT_DISGUISED, "a.tif", joined(tiff(), pdf("")));
    bad(Refusal.IMPORT_KIND, "a.png", joined(png(), text("more")));
    bad(Refusal.IMPORT_KIND, "a.jpg", joined(jpeg(), jpeg()));
    bad(Refusal.IMPORT_KIND, "a.pdf", joined(pdf(""), text("more")));
    bad(Refusal.IMPORT_KIND, "a.docx", joined(zip(word()), text("more")));
    for (byte[] whole : new byte[][] {png(), jpeg(), pdf("")}) {
      String name = whole[0] == '%' ? "a.pdf" : whole[1] == 'P' ? "a.png" : "a.jpg";
      bad(Refusal.IMPORT_KIND, name, Arrays.copyOf(whole, whole.length - 6));
    }
    bad(Refusal.IMPORT_KIND, "a.docx", Arrays.copyOf(zip(word()), 200));
    bad(Refusal.IMPORT_KIND, "a.tif", Arrays.copyOf(tiff(), 20));
    byte[] sum = png();
    sum[30] ^= 1;
    bad(Refusal.IMPORT_KIND, "a.png", sum);
    byte[] round = tiff();
    round[22] = 8;
    bad(Refusal.IMPORT_KIND, "a.tif", round);
  }

  @Test
  @DisplayName("a PDF that runs, embeds or hides something stays out, also where its names are hid")
  void activePdf() {
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/OpenAction << /S /JavaScript /JS (app) >>"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/OpenAction << /S /J#61vaScr#69pt /JS (app) >>"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/A << /S/Launch >>"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/Names << /EmbeddedFiles 9 0 R >>"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/Encrypt 9 0 R"));
    String filler = "<< /Type /Page >> ".repeat(5_000);
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdfWithObjects(filler + "<< /S /JavaScript >>"));
    good(ImportKind.PDF, "a.pdf", pdfWithObjects(filler));
    // Whatever the border of two pieces cuts.
    for (int shift = 0; shift < 24; shift++) {
      String before = " ".repeat(32 * 1024 - 12 + shift);
      bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdfWithObjects(before + "/JavaScript"));
    }
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/Type /ObjStm"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdf("/Type /ObjStm >> stream\nnot packed\nendstream <<"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", pdfWithObjects(" ".repeat(70 << 20)));
  }

  @Test
  @DisplayName(
      "a document of Office with macros, objects, archives or references outside stays out")
  void activeOffice() {
    Map<String, byte[]> parts = word();
    parts.put("word/vbaProject.bin", new byte[] {1});
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put("[Content_Types].xml", types("application/vnd.ms-word.document.macroEnabled"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put("word/embeddings/book.xlsx", zip(excel()));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put("word/media/image1.png", program());
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put(
        "word/_rels/settings.xml.rels",
        references("attachedTemplate", "http://evil.example/a.dotm", "External"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put("word/_rels/document.xml.rels", references("image", "http://x.example", "External"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put("word/_rels/document.xml.rels", references("oleObject", "a.xml", "Internal"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    parts = word();
    parts.put(
        "word/_rels/document.xml.rels", references("hyperlink", "http://x.example", "External"));
    parts.put("word/media/image1.png", png());
    good(ImportKind.DOCX, "a.docx", zip(parts));
    for (String target : new String[] {"a.rtf", "a.htm"}) {
      parts = word();
      parts.put("word/_rels/document.xml.rels", references("aFChunk", target, "Internal"));
      parts.put("word/" + target, text(target.endsWith("f") ? "{\\rt1 text}" : "<html></html>"));
      bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    }
    parts = word();
    parts.put("word/a.xml", text("{\\rt1 text}"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    for (String type :
        new String[] {"application/rtf", "text/html", "application/xhtml+xml", "message/RFC822"}) {
      parts = word();
      parts.put("[Content_Types].xml", types(type));
      bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    }
    for (String type : new String[] {"subDocument", "frame"}) {
      parts = word();
      parts.put("word/_rels/document.xml.rels", references(type, "a.xml", "Internal"));
      bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
    }
    parts = excel();
    parts.put(
        "xl/_rels/workbook.xml.rels", references("connections", "connections.xml", "Internal"));
    parts.put("xl/connections.xml", xml("<connections/>"));
    bad(Refusal.IMPORT_ACTIVE, "a.xlsx", zip(parts));
    parts = excel();
    parts.put("xl/printerSettings/printerSettings1.bin", new byte[] {1});
    good(ImportKind.XLSX, "a.xlsx", zip(parts));
  }

  @Test
  @DisplayName("a bomb, odd names and a document that is another one from its end stay out")
  void brokenOffice() {
    Map<String, byte[]> parts = word();
    parts.put("word/bomb.xml", new byte[8 << 20]);
    bad(Refusal.IMPORT_KIND, "a.docx", zip(parts));
    for (String name : new String[] {"../up.xml", "/root.xml", "a\\b.xml", "WORD/document.xml"}) {
      parts = word();
      parts.put(name, xml("<a/>"));
      bad(Refusal.IMPORT_KIND, "a.docx", zip(parts));
    }
    Map<String, byte[]> many = word();
    for (int i = 0; i < OfficeCheck.MOST_PARTS; i++) {
      many.put("word/" + i, new byte[0]);
    }
    bad(Refusal.IMPORT_KIND, "a.docx", zip(many));
    bad(Refusal.IMPORT_KIND, "a.docx", zip(Map.of("other.xml", xml("<a/>"))));
    // The first one's parts, the second one's directory.
    byte[] other = zip(word());
    Map<String, byte[]> more = word();
    more.put("word/more.xml", xml("<more/>"));
    bad(Refusal.IMPORT_KIND, "a.docx", joined(zip(more), other));
    parts = word();
    parts.put(
        "word/_rels/document.xml.rels", text("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:/'>]><a/>"));
    bad(Refusal.IMPORT_ACTIVE, "a.docx", zip(parts));
  }

  @Test
  @DisplayName("an object stream that might hold other names than those that are read stays out")
  void hiddenObjects() {
    byte[] whole = pdfWithObjects("<< /Type /Page >>");
    String plain = "<< /Type /ObjStm /Filter /FlateDecode /Length ";
    String predicted = "/DecodeParms << /Predictor 12 /Columns 4 >>";
    good(
        ImportKind.PDF,
        "a.pdf",
        replaced(
            whole,
            "4 0 obj\n<<",
            "4 0 obj\n<< /Type /XRef "
                + predicted
                + " >>\nstream\n\nendstream\nendobj\n5 0 obj\n<<"));
    for (String same :
        new String[] {
          "<</Filter/FlateDecode/First 10/N 2/Extends 9 0 R/Type/ObjStm/Length ",
          "<</Type/ObjStm/N 3 /First 9 0 R /Filter [ /FlateDecode ] /Length "
        }) {
      good(ImportKind.PDF, "a.pdf", replaced(whole, plain, same));
    }
    String decoy = new String(deflated("<< /Type /Page >>"), StandardCharsets.ISO_8859_1);
    for (String other :
        new String[] {
          "<< /Type /ObjStm /Filter /FlateDecode /X (>> stream\n" + decoy + ") /Length ",
          "<< /Type /ObjStm /Filter /FlateDecode %>> stream\n" + decoy + "\n/Length ",
          "<< /Type /ObjStm /Filter /FlateDecode /X /stream\n" + decoy + " /Length ",
          "<< /Type /ObjStm /Filter /FlateDecode /X <3E3E> /Length ",
          "<< /Type /ObjStm /Filter /FlateDecode " + predicted + " /Length ",
          "<< " + predicted + " /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< " + predicted + " % 4 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< " + predicted + " /X /obj << /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< /DP 9 0 R /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< /F (other.pdf) /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< /FFilter /X /Type /ObjStm /Filter /FlateDecode /Length ",
          "<< /Type /ObjStm /Filter [/FlateDecode /ASCIIHexDecode] /Length ",
          "<< /Type /ObjStm /Filter 9 0 R /FlateDecode /Length ",
        }) {
      bad(Refusal.IMPORT_ACTIVE, "a.pdf", replaced(whole, plain, other));
    }
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", replaced(whole, ">>\nstream\r\n", ">>\nstream\r"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", replaced(whole, "3 0 obj", "% 3 0 obj"));
    bad(Refusal.IMPORT_ACTIVE, "a.pdf", replaced(whole, "3 0 obj", "3 0 obj" + " ".repeat(5_000)));
  }

  private static byte[] deflated(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var packed = new java.util.zip.DeflaterOutputStream(out)) {
      packed.write(text(text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** With something else in the one place where this is. */
  private static byte[] replaced(byte[] whole, String what, String by) {
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    assertEquals(text.indexOf(what), text.lastIndexOf(what), what);
    assertNotEquals(-1, text.indexOf(what), what);
    return text.replace(what, by).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  @DisplayName("parts within a picture, to which the directory points, are looked at and compared")
  void partsInPicture() throws IOException {
    String rels = "word/_rels/document.xml.rels";
    String letters = "a".repeat(64);
    byte[] outer = references("hyperlink", "http://x.example/" + letters, "External");
    for (String type : new String[] {"hyperlink", "oleObject"}) {
      byte[] inner = references(type, "http://y.example/" + letters, "External");
      byte[] forged = forged(inner, sum(outer));
      byte[] whole = withInner(rels, outer, forged);
      good(ImportKind.DOCX, "a.docx", whole);
      bad(
          type.equals("hyperlink") ? Refusal.IMPORT_KIND : Refusal.IMPORT_ACTIVE,
          "a.docx",
          pointedAtFirst(whole, rels));
    }
    Map<String, byte[]> parts = word();
    parts.put("word/media/", new byte[0]);
    good(ImportKind.DOCX, "a.docx", zip(parts));
    parts.put("word/media/", png());
    bad(Refusal.IMPORT_KIND, "a.docx", zip(parts));
  }

  /** A document with a part, before which a picture has another of that name in it. */
  private static byte[] withInner(String name, byte[] part, byte[] inner) throws IOException {
    ByteArrayOutputStream local = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(local)) {
      stored(zip, name, inner);
    }
    byte[] entry = Arrays.copyOf(local.toByteArray(), 30 + name.length() + inner.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> each : word().entrySet()) {
        stored(zip, each.getKey(), each.getValue());
      }
      stored(zip, "word/media/image1.png", joined(png(), entry, png()));
      stored(zip, name, part);
    }
    return out.toByteArray();
  }

  private static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum(content));
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** The same bytes, but that the directory has the part at the first place with its name. */
  private static byte[] pointedAtFirst(byte[] whole, String name) {
    byte[] other = whole.clone();
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    ByteBuffer.wrap(other)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(text.lastIndexOf(name) - 4, text.indexOf(name) - 30);
    return other;
  }

  /** With some letters {@code a} become {@code c}, so that the sum is this one. */
  private static byte[] forged(byte[] content, long wanted) {
    byte[] forged = content.clone();
    int at = new String(content, StandardCharsets.ISO_8859_1).indexOf("a".repeat(64));
    long[] sums = new long[32];
    long[] letters = new long[32];
    for (int i = 0; i < 64; i++) {
      byte[] one = content.clone();
      one[at + i] = 'c';
      long difference = sum(one) ^ sum(content);
      long which = 1L << i;
      while (difference != 0) {
        int high = 63 - Long.numberOfLeadingZeros(difference);
        if (sums[high] == 0) {
          sums[high] = difference;
          letters[high] = which;
          break;
        }
        difference ^= sums[high];
        which ^= letters[high];
      }
    }
    long left = sum(content) ^ wanted;
    long change = 0;
    while (left != 0) {
      int high = 63 - Long.numberOfLeadingZeros(left);
      assertNotEquals(0, sums[high]);
      left ^= sums[high];
      change ^= letters[high];
    }
    for (int i = 0; i < 64; i++) {
      if (((change >> i) & 1) != 0) {
        forged[at + i] = 'c';
      }
    }
    assertEquals(wanted, sum(forged));
    return forged;
  }

  private static long sum(byte[] content) {
    CRC32 sum = new CRC32();
    sum.update(content);
    return sum.getValue();
  }

  @Test
  @DisplayName("XML with a document type, instructions or what browsers run stays out")
  void activeXml() {
    bad(Refusal.IMPORT_ACTIVE, "a.xml", xml("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"));
    bad(Refusal.IMPORT_ACTIVE, "a.xml", xml("<?mso-application progid='Word.Document'?><a/>"));
    bad(Refusal.IMPORT_ACTIVE, "a.xml", xml("<?xml-stylesheet href='a.xsl'?><a/>"));
    bad(Refusal.IMPORT_ACTIVE, "a.xml", xml("<a><b xmlns='http://www.w3.org/1999/xhtml'/></a>"));
    bad(Refusal.IMPORT_ACTIVE, "a.xml", xml("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    bad(Refusal.IMPORT_KIND, "a.xml", xml("<a>"));
    bad(Refusal.IMPORT_KIND, "a.xml", text("a"));
    bad(Refusal.IMPORT_KIND, "a.xml", xml("<a>".repeat(600) + "</a>".repeat(600)));
    bad(
        Refusal.IMPORT_KIND,
        "a.xml",
        joined(text("<a>"), new byte[] {(byte) 0x93, (byte) 0x8C}, text("</a>")));
  }

  @Test
  @DisplayName("whatever one byte becomes, the look ends with a yes or a no")
  void flipped() {
    Random random = new Random(6);
    Map<String, byte[]> files =
        Map.of(
            "a.pdf", pdfWithObjects("<< /Type /Page >>"),
            "a.png", png(),
            "a.jpg", jpeg(),
            "a.tif", tiff(),
            "a.docx", zip(word()),
            "a.xml", xml("<a b='c'>d</a>"),
            "a.txt", text("本文"));
    files.forEach((name, content) -> {
      for (int i = 0; i < 300; i++) {
        byte[] flipped = content.clone();
        flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
        var unused = look(name, flipped, ALL);
      }
    });
  }
}
