package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import jp.sekisho.smartcard.CardException;

/**
 * Any bytes either parse to objects that encode back to objects of the same values, or are refused.
 */
class TlvFuzzTest {
  @FuzzTest
  void anyBytesParseOrAreRefused(byte[] bytes) {
    List<Tlv> objects;
    try {
      objects = Tlv.parse(bytes);
    } catch (CardException e) {
      return;
    }
    int total = objects.stream().mapToInt(object -> object.value().length).sum();
    if (total > bytes.length) {
      throw new AssertionError("values longer than the input");
    }
    for (Tlv object : objects) {
      try {
        assertEquals(object.value().length, Tlv.parse(object.encode()).get(0).value().length);
      } catch (CardException e) {
        throw new AssertionError(e);
      }
    }
  }
}
