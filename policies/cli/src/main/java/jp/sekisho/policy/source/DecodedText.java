package jp.sekisho.policy.source;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.policy.number.Finding;

/**
 * A text and how it was read.
 *
 * @param text its characters
 * @param charset what they were encoded in
 */
record DecodedText(String text, Charset charset) {

  /**
   * A place for people.
   *
   * @param line from 1
   * @param column from 1, in characters as an editor counts them
   */
  record Place(int line, int column) {}

  @Override
  public String toString() {
    return "DecodedText[" + charset + "]";
  }

  /** Where findings, in the order of the text, begin. */
  List<Place> places(List<Finding> findings) {
    List<Place> places = new ArrayList<>(findings.size());
    int line = 1;
    int lineStart = 0;
    int at = 0;
    for (Finding finding : findings) {
      for (; at < finding.start(); at++) {
        if (text.charAt(at) == '\n') {
          line++;
          lineStart = at + 1;
        }
      }
      places.add(new Place(line, text.codePointCount(lineStart, finding.start()) + 1));
    }
    return places;
  }
}
