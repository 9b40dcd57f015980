package jp.sekisho.agent.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import jp.sekisho.protocol.Refusal;

/**
 * XML that is data: well-formed, UTF-8, without a document type, without instructions to programs
 * (Office opens {@code mso-application}, browsers run {@code xml-stylesheet}) and without the
 * elements that browsers run.
 */
final class XmlCheck {
  private static final Set<String> RUN =
      Set.of(
          "http://www.w3.org/1999/xhtml",
          "http://www.w3.org/2000/svg",
          "http://www.w3.org/1999/XSL/Transform",
          "http://schemas.microsoft.com/winfx/2006/xaml/presentation");

  /** Deepest element. */
  private static final int DEEPEST = 500;

  private XmlCheck() {}

  /** Gets each element of a document. */
  @FunctionalInterface
  interface Elements {
    /** Called at its beginning. */
    void element(XMLStreamReader at) throws NotImported;
  }

  static void check(Content content) throws IOException {
    int from = content.startsWith("\u00EF\u00BB\u00BF") ? 3 : 0;
    if (!content.isAt(from, "<")) {
      throw new NotImported(content.looksKnown() ? Refusal.IMPORT_DISGUISED : Refusal.IMPORT_KIND);
    }
    if (!TextCheck.isUtf8(content)) {
      throw new NotImported(Refusal.IMPORT_KIND);
    }
    read(stream(content.part(0, content.length())), at -> {});
  }

  private static InputStream stream(ByteBuffer bytes) {
    return new InputStream() {
      @Override
      public int read() {
        return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
      }

      @Override
      public int read(byte[] to, int from, int length) {
        if (!bytes.hasRemaining()) {
          return -1;
        }
        int some = Math.min(length, bytes.remaining());
        bytes.get(to, from, some);
        return some;
      }
    };
  }

  static void read(byte[] document, Elements elements) throws NotImported {
    read(new ByteArrayInputStream(document), elements);
  }

  private static void read(InputStream document, Elements elements) throws NotImported {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("nothing outside is read");
    });
    try {
      XMLStreamReader at = factory.createXMLStreamReader(document, "UTF-8");
      int depth = 0;
      while (at.hasNext()) {
        switch (at.next()) {
          case XMLStreamConstants.DTD, XMLStreamConstants.PROCESSING_INSTRUCTION ->
              throw new NotImported(Refusal.IMPORT_ACTIVE);
          case XMLStreamConstants.START_ELEMENT -> {
            if (++depth > DEEPEST) {
              throw new NotImported(Refusal.IMPORT_KIND);
            }
            String space = at.getNamespaceURI();
            if (space != null && RUN.contains(space)) {
              throw new NotImported(Refusal.IMPORT_ACTIVE);
            }
            elements.element(at);
          }
          case XMLStreamConstants.END_ELEMENT -> depth--;
          default -> {
            // Text and comments.
          }
        }
      }
      at.close();
    } catch (XMLStreamException e) {
      throw new NotImported(Refusal.IMPORT_KIND, e);
    }
  }
}
