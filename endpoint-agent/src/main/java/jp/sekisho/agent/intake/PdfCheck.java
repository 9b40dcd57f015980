package jp.sekisho.agent.intake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import jp.sekisho.protocol.Refusal;

/**
 * A PDF that runs, embeds and hides nothing, by its names: every name of the file and of its object
 * streams is read, escapes undone, wherever it stands. Not a parser: a name that says what is
 * refused is refused in a comment or a text, too.
 */
final class PdfCheck {
  /** How far before the end of the file the last mark stands, as readers have it. */
  private static final int TAIL = 1024;

  /** Most bytes of all object streams together. */
  private static final int MOST_UNPACKED = 64 << 20;

  private static final int MOST_STREAMS = 10_000;
  private static final int LONGEST_NAME = 64;

  /** A name with every letter escaped. */
  private static final int OVERLAP = 3 * LONGEST_NAME + 2;

  /** How far before its name an object stream must begin, and how far after it its data. */
  private static final int LONGEST_DICTIONARY = 4096;

  private static final String WHITE = "[\\x00\\t\\n\\f\\r ]";
  private static final String REFERENCE = "[0-9]{1,10}" + WHITE + "+[0-9]{1,5}" + WHITE + "+R";

  /** The numbers of an object, before its keyword. */
  private static final Pattern NUMBERS =
      Pattern.compile("(?<![0-9])[0-9]{1,10}" + WHITE + "{1,8}[0-9]{1,5}" + WHITE + "{1,8}\\z");

  private static final int LONGEST_NUMBERS = 32;

  /**
   * All that the dictionary of an object stream may say, up to its data. A text or a comment could
   * hold another keyword; a second filter, a predictor or a file could hold other names than those
   * that are read here.
   */
  private static final Pattern DICTIONARY =
      Pattern.compile(
          (WHITE
                  + "*<<(?:_*(?:/Type_*/ObjStm|/(?:N|First|Length|DL)_+(?:"
                  + REFERENCE
                  + "|[0-9]{1,10})|/Extends_+"
                  + REFERENCE
                  + "|/Filter_*(?:/FlateDecode|\\[_*/FlateDecode_*\\]))(?=[/>]|_)){1,16}_*>>"
                  + "_*stream\r?\n")
              .replace("_", WHITE));

  private static final Set<String> REFUSED =
      Set.of(
          "JavaScript",
          "Launch",
          "EmbeddedFile",
          "EmbeddedFiles",
          "RichMedia",
          "XFA",
          "GoToE",
          "ImportData",
          "Encrypt",
          "Crypt");

  private static final String OBJECT_STREAM = "ObjStm";

  private final Content content;
  private long unpacked;
  private int streams;

  private PdfCheck(Content content) {
    this.content = content;
  }

  static void check(Content content) throws NotImported {
    if (!content.startsWith("%PDF-1.") && !content.startsWith("%PDF-2.")) {
      throw new NotImported(Refusal.IMPORT_KIND);
    }
    ends(content);
    PdfCheck check = new PdfCheck(content);
    check.names(content::at, content.length(), true);
  }

  /** Nothing but white space after the last mark of an end. */
  private static void ends(Content content) throws NotImported {
    int last = -1;
    int from = Math.max(0, content.length() - TAIL);
    for (int at = content.find("%%EOF", from, content.length());
        at >= 0;
        at = content.find("%%EOF", at + 1, content.length())) {
      last = at;
    }
    if (last < 0) {
      throw new NotImported(Refusal.IMPORT_KIND);
    }
    for (int at = last + 5; at < content.length(); at++) {
      if (!isWhite(content.at(at))) {
        throw new NotImported(Refusal.IMPORT_KIND);
      }
    }
  }

  private static boolean isWhite(int one) {
    return one == ' ' || one == '\r' || one == '\n' || one == '\t' || one == '\f' || one == 0;
  }

  private static boolean endsName(int one) {
    return isWhite(one) || "()<>[]{}/%".indexOf(one) >= 0;
  }

  private void names(IntUnaryOperator bytes, int length, boolean outside) throws NotImported {
    StringBuilder name = new StringBuilder();
    for (int at = 0; at < length; at++) {
      if (bytes.applyAsInt(at) != '/') {
        continue;
      }
      name.setLength(0);
      int end = at + 1;
      while (end < length && name.length() < LONGEST_NAME && !endsName(bytes.applyAsInt(end))) {
        int one = bytes.applyAsInt(end);
        int high = end + 2 < length ? Character.digit(bytes.applyAsInt(end + 1), 16) : -1;
        int low = end + 2 < length ? Character.digit(bytes.applyAsInt(end + 2), 16) : -1;
        if (one == '#' && high >= 0 && low >= 0) {
          name.append((char) (high * 16 + low));
          end += 3;
        } else {
          name.append((char) one);
          end++;
        }
      }
      if (REFUSED.contains(name.toString())) {
        throw new NotImported(Refusal.IMPORT_ACTIVE);
      }
      if (outside && name.toString().equals(OBJECT_STREAM)) {
        objects(at, end);
      }
    }
  }

  /** Names may also stand in a stream that is packed; one that cannot be unpacked hides them. */
  private void objects(int from, int to) throws NotImported {
    if (++streams > MOST_STREAMS) {
      throw new NotImported(Refusal.IMPORT_ACTIVE);
    }
    int first = Math.max(0, from - LONGEST_DICTIONARY);
    int last = Math.min(content.length(), to + LONGEST_DICTIONARY);
    String around = StandardCharsets.ISO_8859_1.decode(content.part(first, last)).toString();
    int object = around.lastIndexOf("obj", from - first);
    if (object < 0) {
      throw new NotImported(Refusal.IMPORT_ACTIVE);
    }
    Matcher numbers = NUMBERS.matcher(around).region(Math.max(0, object - LONGEST_NUMBERS), object);
    Matcher dictionary = DICTIONARY.matcher(around).region(object + 3, around.length());
    if (!numbers.find()
        || isComment(around, numbers.start())
        || !dictionary.lookingAt()
        || first + dictionary.end() <= to) {
      throw new NotImported(Refusal.IMPORT_ACTIVE);
    }
    inflate(content.part(first + dictionary.end(), content.length()));
  }

  private static boolean isComment(String text, int at) {
    int line = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at));
    return text.substring(line + 1, Math.max(at, line + 1)).indexOf('%') >= 0;
  }

  /** Reads the names piece by piece, each with the end of the one before: names are short. */
  private void inflate(ByteBuffer packed) throws NotImported {
    byte[] buffer = new byte[OVERLAP + 32 * 1024];
    int kept = 0;
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      while (!inflater.finished()) {
        int some = inflater.inflate(buffer, kept, buffer.length - kept);
        unpacked += some;
        if ((some == 0 && !inflater.finished()) || unpacked > MOST_UNPACKED) {
          throw new NotImported(Refusal.IMPORT_ACTIVE);
        }
        int there = kept + some;
        names(at -> buffer[at] & 0xFF, there, false);
        kept = Math.min(there, OVERLAP);
        System.arraycopy(buffer, there - kept, buffer, 0, kept);
      }
    } catch (DataFormatException e) {
      throw new NotImported(Refusal.IMPORT_ACTIVE, e);
    } finally {
      inflater.end();
    }
  }
}
