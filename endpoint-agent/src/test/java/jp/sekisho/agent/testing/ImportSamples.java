package jp.sekisho.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small files of each kind that may be taken in, and what is made of them. */
public final class ImportSamples {
  private ImportSamples() {}

  /** What every scanner finds, built so that this class itself is not found. */
  public static byte[] eicar() {
    return new StringBuilder(
            "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X")
        .reverse()
        .toString()
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** The beginning of a Windows program. */
  public static byte[] program() {
    byte[] program = new byte[512];
    program[0] = 'M';
    program[1] = 'Z';
    program[0x3C] = (byte) 0x80;
    program[0x80] = 'P';
    program[0x81] = 'E';
    return program;
  }

  /** A PDF with something more in its first object. */
  public static byte[] pdf(String more) {
    return ("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R "
            + more
            + " >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
            + "trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A PDF with an object stream. */
  public static byte[] pdfWithObjects(String objects) {
    Deflater deflater = new Deflater();
    deflater.setInput(objects.getBytes(StandardCharsets.ISO_8859_1));
    deflater.finish();
    byte[] packed = new byte[objects.length() + 1024];
    int length = deflater.deflate(packed);
    deflater.end();
    return pdf(
        ">>\nendobj\n3 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length "
            + length
            + " >>\nstream\r\n"
            + new String(packed, 0, length, StandardCharsets.ISO_8859_1)
            + "\nendstream\nendobj\n4 0 obj\n<<");
  }

  /** A picture of one point. */
  public static byte[] png() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    chunk(out, "IHDR", new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0});
    chunk(out, "IDAT", new byte[] {0x78, (byte) 0x9C, 0x63, 0, 0, 0, 2, 0, 1});
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] named = new byte[4 + data.length];
    System.arraycopy(type.getBytes(StandardCharsets.US_ASCII), 0, named, 0, 4);
    System.arraycopy(data, 0, named, 4, data.length);
    CRC32 sum = new CRC32();
    sum.update(named);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(named);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }

  /** Markers, a scan with a stuffed byte and a restart, the end. */
  public static byte[] jpeg() {
    int[] bytes = {
      0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xDA, 0, 3, 1, 5, 0xFF, 0, 6, 0xFF, 0xD0, 7, 0xFF,
      0xD9
    };
    byte[] jpeg = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      jpeg[i] = (byte) bytes[i];
    }
    return jpeg;
  }

  /** One page with one entry. */
  public static byte[] tiff() {
    return ByteBuffer.allocate(8 + 2 + 12 + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {'I', 'I', '*', 0})
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 256)
        .putShort((short) 3)
        .putInt(1)
        .putInt(1)
        .putInt(0)
        .array();
  }

  /** The parts of a Word document. */
  public static Map<String, byte[]> word() {
    return office("word/document.xml", "wordprocessingml.document");
  }

  /** The parts of an Excel document. */
  public static Map<String, byte[]> excel() {
    return office("xl/workbook.xml", "spreadsheetml.sheet");
  }

  private static Map<String, byte[]> office(String main, String type) {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    parts.put(
        "[Content_Types].xml", types("application/vnd.openxmlformats-officedocument." + type));
    parts.put("_rels/.rels", references("officeDocument", main, "Internal"));
    parts.put(main, xml("<document/>"));
    return parts;
  }

  /** The types of a document whose main part has this one, with {@code .main+xml} behind it. */
  public static byte[] types(String main) {
    return xml(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
            + "<Default Extension=\"rels\""
            + " ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + "<Override PartName=\"/main.xml\" ContentType=\""
            + main
            + ".main+xml\"/></Types>");
  }

  /** One reference. */
  public static byte[] references(String type, String target, String mode) {
    return xml(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + "<Relationship Id=\"r1\""
            + " Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
            + type
            + "\" Target=\""
            + target
            + "\" TargetMode=\""
            + mode
            + "\"/></Relationships>");
  }

  /** With its declaration. */
  public static byte[] xml(String text) {
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text).getBytes(StandardCharsets.UTF_8);
  }

  /** A ZIP of these. */
  public static byte[] zip(Map<String, byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** One after the other. */
  public static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
